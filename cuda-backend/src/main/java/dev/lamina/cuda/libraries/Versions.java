package dev.lamina.cuda.libraries;

import dev.lamina.backend.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.Stream;

/** Asks an opened library which version it is, and says whether that serves. */
final class Versions {
    private static final int OLDEST_DRIVER = 12_000;
    private static final int CUDNN_MAJOR = 9;

    private Versions() { }

    /**
     * The version for people.
     *
     * @param forwarded whether a forwarder of ours stands before a library of CUDA 13
     * @throws BackendException if it does not serve
     */
    static String check(Library library, Candidate candidate, NativeLibrary opened, boolean forwarded) {
        return switch (library) {
            case DRIVER -> driver(candidate, opened);
            case NVRTC -> nvrtc(candidate, opened, forwarded);
            case CUBLAS -> cublas(candidate, opened, forwarded);
            case CUDNN -> cudnn(candidate, opened);
        };
    }

    private static String driver(Candidate candidate, NativeLibrary opened) {
        int version = numbers(opened, "cuDriverGetVersion", 1)[0];
        if (version < OLDEST_DRIVER) {
            throw new BackendException("CUDA: the NVIDIA driver is too old: %s is for CUDA %s, 12.0 or newer is needed."
                    .formatted(candidate, cuda(version)), "Install NVIDIA's driver 525.60 or newer.");
        }
        int status = opened.call("cuInit", 0);
        if (status != DriverStatus.SUCCESS) {
            String fact = status == DriverStatus.NO_DEVICE ? "shows no device" : "does not start";
            throw new BackendException("CUDA: the NVIDIA driver %s %s: cuInit answers %s.".formatted(candidate, fact,
                    DriverStatus.name(status)), DriverStatus.hint(status));
        }
        if (numbers(opened, "cuDeviceGetCount", 1)[0] == 0) {
            throw new BackendException("CUDA: the NVIDIA driver " + candidate + " shows no device.",
                    DriverStatus.hint(DriverStatus.NO_DEVICE));
        }
        return "for CUDA " + cuda(version);
    }

    private static String nvrtc(Candidate candidate, NativeLibrary opened, boolean forwarded) {
        int[] version = numbers(opened, "nvrtcVersion", 2);
        requireMajor(Library.NVRTC, candidate, forwarded ? 13 : 12, version[0] + "." + version[1]);
        return version[0] + "." + version[1];
    }

    private static String cublas(Candidate candidate, NativeLibrary opened, boolean forwarded) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            StringBuilder version = new StringBuilder();
            for (int part = 0; part < 3; part++) {
                opened.property("cublasGetProperty", part, value);
                version.append(part == 0 ? "" : ".").append(value.get(ValueLayout.JAVA_INT, 0));
            }
            requireMajor(Library.CUBLAS, candidate, forwarded ? 13 : 12, version.toString());
            return version.toString();
        }
    }

    private static String cudnn(Candidate candidate, NativeLibrary opened) {
        long number = opened.size("cudnnGetVersion");
        // Up to cuDNN 8: 1000 major + 100 minor + patch; from 9 on: 10000 major + 100 minor + patch.
        String version = number < CUDNN_MAJOR * 10_000L ? "%d.%d.%d".formatted(number / 1000, number / 100 % 10, number % 100)
                : "%d.%d.%d".formatted(number / 10_000, number / 100 % 100, number % 100);
        requireMajor(Library.CUDNN, candidate, CUDNN_MAJOR, version);
        return opened.has("cudnnGetCudartVersion") ? version + " for CUDA " + cuda((int) opened.size("cudnnGetCudartVersion")) : version;
    }

    private static void requireMajor(Library library, Candidate candidate, int wanted, String version) {
        if (!version.startsWith(wanted + ".")) {
            throw new BackendException("CUDA: %s %s is version %s, but %d is needed."
                    .formatted(library.title(), candidate, version, wanted), library.remedy());
        }
    }

    /** 12060 is 12.6. */
    static String cuda(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    private static int[] numbers(NativeLibrary opened, String function, int count) {
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> places = Stream.generate(() -> arena.allocate(ValueLayout.JAVA_INT)).limit(count).toList();
            int status = opened.ask(function, places);
            if (status != 0) {
                throw new BackendException("CUDA: " + function + " answers " + status + ".", "The library is not fit: install it anew.");
            }
            return places.stream().mapToInt(place -> place.get(ValueLayout.JAVA_INT, 0)).toArray();
        }
    }
}
