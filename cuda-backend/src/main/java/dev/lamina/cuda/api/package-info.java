/**
 * A thin layer over JCuda, and the only package that imports it: each call is checked against our own table of status names, device
 * addresses are plain {@code long}s, and everything that must be released has one owner whose {@code close} is idempotent. May import
 * {@code dev.lamina.backend} and {@code dev.lamina.cuda.libraries}.
 */
package dev.lamina.cuda.api;
