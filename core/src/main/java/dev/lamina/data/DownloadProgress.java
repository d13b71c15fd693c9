package dev.lamina.data;

/** Hears how far a download is. Called by the downloading thread, often; should return soon. */
@FunctionalInterface
public interface DownloadProgress {
    /** Hears nothing. */
    DownloadProgress NONE = (file, done, total) -> { };

    /**
     * Some bytes have arrived.
     *
     * @param file name of the file
     * @param done bytes on disk so far, those of an earlier attempt included
     * @param total bytes of the whole file, or -1 if the server does not say
     */
    void update(String file, long done, long total);
}
