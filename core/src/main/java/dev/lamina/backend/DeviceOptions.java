package dev.lamina.backend;

/**
 * Choices made when a backend is opened.
 *
 * @param index which device of the kind, from 0
 * @param threads worker threads for CPU backends; 0 lets the backend choose: oneDNN takes one for each physical core that the process may
 * use, the reference one for each processor
 */
public record DeviceOptions(int index, int threads) {
    /** The first device and as many threads as the backend chooses. */
    public static DeviceOptions defaults() {
        return new DeviceOptions(0, 0);
    }

    /** The number of worker threads, or where the backend is to choose, that of the processors. */
    public int threadsOrDefault() {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }
}
