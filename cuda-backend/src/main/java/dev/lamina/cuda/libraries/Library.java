package dev.lamina.cuda.libraries;

/** One of NVIDIA's libraries. */
public enum Library {
    /** The driver's own. */
    DRIVER("libcuda.so.1"),
    /** The run-time compiler. */
    NVRTC("libnvrtc.so.12"),
    /** Matrix products. */
    CUBLAS("libcublas.so.12"),
    /** Neural networks. */
    CUDNN("libcudnn.so.9");

    private final String fileName;

    Library(String fileName) {
        this.fileName = fileName;
    }

    /** Its name on Linux. */
    public String fileName() {
        return fileName;
    }
}
