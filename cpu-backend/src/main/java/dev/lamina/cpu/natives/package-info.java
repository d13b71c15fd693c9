/**
 * Where oneDNN's native libraries come from: a folder that the user names, or the class path, from where
 * {@code dev.lamina.backend.natives} unpacks them into a folder that belongs to the user alone. Also what else the process must bring: its
 * physical cores and the Vector API's module. Loads nothing itself. May import {@code dev.lamina.backend} and
 * {@code dev.lamina.backend.natives}.
 */
package dev.lamina.cpu.natives;
