package dev.lamina.cuda.libraries;

import dev.lamina.backend.natives.Platform;
import java.util.List;
import java.util.Optional;

/** One of NVIDIA's libraries: its names and what it needs beside it. */
public enum Library {
    /** The driver's own library. */
    DRIVER("driver", "libcuda.so.1", "nvcuda.dll", List.of()),
    /** The run-time compiler of CUDA 12. */
    NVRTC("NVRTC", "libnvrtc.so.12", "nvrtc64_120_0.dll", List.of("libnvrtc-builtins.so.12")),
    /** Matrix products, CUDA 12. */
    CUBLAS("cuBLAS", "libcublas.so.12", "cublas64_12.dll", List.of("libcublasLt.so.12")),
    /** Neural networks, cuDNN 9. */
    CUDNN("cuDNN", "libcudnn.so.9", "cudnn64_9.dll", List.of("libcudnn_graph.so.9", "libcudnn_ops.so.9", "libcudnn_cnn.so.9",
            "libcudnn_heuristic.so.9", "libcudnn_engines_runtime_compiled.so.9", "libcudnn_engines_precompiled.so.9"));

    private final String title;
    private final String linux;
    private final String windows;
    private final List<String> parts;

    Library(String title, String linux, String windows, List<String> parts) {
        this.title = title;
        this.linux = linux;
        this.windows = windows;
        this.parts = parts;
    }

    /** Its name for people. */
    public String title() {
        return title;
    }

    /** Its file's name. */
    public String fileName(Platform platform) {
        return platform.system().equals("windows") ? windows : linux;
    }

    /**
     * Files that it opens itself at run time, dependencies before dependents; on Linux only, since on Windows the loader looks in the
     * folder of whoever asks. A name may go on with a minor version.
     */
    List<String> parts() {
        return parts;
    }

    /** Where CUDA 13 is installed: the library that a forwarder can hand the calls to. */
    Optional<String> successor() {
        return switch (this) {
            case NVRTC -> Optional.of("libnvrtc.so.13");
            case CUBLAS -> Optional.of("libcublas.so.13");
            case DRIVER, CUDNN -> Optional.empty();
        };
    }

    /** Names of older ones that do not serve, for messages. */
    List<String> predecessors() {
        return switch (this) {
            case NVRTC -> List.of("libnvrtc.so.11.2");
            case CUBLAS -> List.of("libcublas.so.11");
            case CUDNN -> List.of("libcudnn.so.8");
            case DRIVER -> List.of();
        };
    }

    /** How to get it. */
    String remedy() {
        return switch (this) {
            case DRIVER -> "Install NVIDIA's driver (525.60 or newer); a container must be started with its GPUs (docker run --gpus all).";
            case NVRTC -> "Install CUDA 12 (package cuda-nvrtc-12-6, or pip install nvidia-cuda-nvrtc-cu12), " + OTHERWISE;
            case CUBLAS -> "Install CUDA 12 (package libcublas-12-6, or pip install nvidia-cublas-cu12), " + OTHERWISE;
            case CUDNN -> "Install cuDNN 9 (package cudnn9-cuda-12, or pip install nvidia-cudnn-cu12), " + OTHERWISE;
        };
    }

    private static final String OTHERWISE = "or build once with ./mvnw -Pcuda-redist package, or name its folder with LAMINA_CUDA_LIBS.";
}
