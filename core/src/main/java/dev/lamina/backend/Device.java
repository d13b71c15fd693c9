package dev.lamina.backend;

/**
 * What a backend runs on.
 *
 * @param name for people, e.g. the processor's model
 * @param totalBytes memory in bytes
 * @param freeBytes memory free now, in bytes
 * @param emulated whether this is test equipment that stands in for a device
 */
public record Device(String name, long totalBytes, long freeBytes, boolean emulated) {
}
