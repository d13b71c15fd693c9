/**
 * Where backends keep native libraries and other files that they can make again: unpacking from the class path into a folder of the user's
 * own, vetting who may write there, and a cache of small files with locks between processes. Loads nothing itself. Imports no other package
 * of Lamina.
 */
package dev.lamina.backend.natives;
