package dev.lamina.cuda.libraries;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.natives.CacheFolder;
import dev.lamina.backend.natives.Folders;
import dev.lamina.backend.natives.Reasons;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Makes a library that has the name of one of CUDA 12 and hands each call to the one of CUDA 13 at hand: {@code forward.c}, compiled with
 * the machine's C compiler for the functions that JCuda's native takes. Prototypes and numbers of these functions are equal in both.
 *
 * @param cache where what was built is kept
 * @param tools runs the compiler and {@code nm}
 */
record Forwarder(CacheFolder cache, Tools tools) {
    private static final String SOURCE = "dev/lamina/forwarders/forward.c";
    private static final int BUILD_SECONDS = 60;

    /** Runs a program and gives what it prints. */
    interface Tools {
        /** The real ones. */
        Tools REAL = Forwarder::run;

        /**
         * Runs it.
         *
         * @throws IOException if it is not there or fails; with its words
         */
        String run(List<String> command) throws IOException;
    }

    /**
     * The forwarder's file.
     *
     * @param library which library it stands in for
     * @param name that library's file name
     * @param target the library of CUDA 13
     * @param caller JCuda's native, which says what functions are wanted
     * @throws BackendException if it cannot be built
     */
    Path build(Library library, String name, Path target, Path caller) {
        try {
            String symbols = symbols(name, caller);
            String source = source();
            String key = name + "-" + hash(source, symbols, target.toString()) + ".so";
            cache.locked(key, () -> {
                if (cache.read(key).isEmpty()) {
                    compile(name, target, library == Library.NVRTC ? "libnvrtc-builtins.so" : "", symbols, source, key);
                }
                return key;
            });
            return cache.read(key).map(_ -> cache.path().resolve(key))
                    .orElseThrow(() -> new IOException(cache.problem().orElse("it is gone")));
        } catch (IOException | BuildFailure e) {
            throw new BackendException("CUDA: %s is there, but %s is needed, and no forwarder could be built: %s.".formatted(target, name,
                    e.getMessage().strip()), "Install a C compiler with binutils (packages gcc, binutils). " + library.remedy());
        }
    }

    private void compile(String name, Path target, String companion, String symbols, String source, String key) {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("lamina-forwarder-");
            Path list = Files.writeString(folder.resolve("symbols.h"), symbols.lines().map(symbol -> "FORWARD(" + symbol + ")\n")
                    .collect(Collectors.joining()));
            Path map = Files.writeString(folder.resolve("version.map"), name + " { global:\n" + symbols.lines()
                    .map(symbol -> symbol + ";\n").collect(Collectors.joining()) + "local: *; };\n");
            Path code = Files.writeString(folder.resolve("forward.c"), source);
            Path out = folder.resolve("forwarder.so");
            tools.run(List.of(compiler(), "-shared", "-fPIC", "-O2", "-fno-lto", define("SYMBOLS", list.toString()),
                    define("SONAME", name), define("TARGET", target.toString()), define("COMPANION", companion), code.toString(), "-o",
                    out.toString(), "-Wl,-soname," + name, "-Wl,--version-script=" + map, "-Wl,-z,noexecstack", "-ldl"));
            cache.write(key, Files.readAllBytes(out));
        } catch (IOException e) {
            throw new BuildFailure(Reasons.of(e));
        } finally {
            if (folder != null) {
                Folders.delete(folder);
            }
        }
    }

    private static String define(String name, String value) {
        return "-DSHIM_" + name + "=\"" + value + "\"";
    }

    private static String compiler() {
        String named = System.getenv("CC");
        return named == null || named.isBlank() ? "cc" : named;
    }

    /** The functions that the caller takes from the library of that name, sorted, one a line. */
    private String symbols(String name, Path caller) throws IOException {
        String suffix = "@" + name;
        return tools.run(List.of("nm", "-D", "--undefined-only", caller.toString())).lines().map(String::strip)
                .filter(line -> line.startsWith("U ") && line.endsWith(suffix))
                .map(line -> line.substring(2, line.length() - suffix.length()).strip()).sorted().distinct()
                .collect(Collectors.joining("\n"));
    }

    private static String source() throws IOException {
        try (InputStream in = Forwarder.class.getClassLoader().getResourceAsStream(SOURCE)) {
            if (in == null) {
                throw new IOException("the class path has no " + SOURCE);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String hash(String... texts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String text : texts) {
                digest.update(text.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        try (InputStream in = process.getInputStream()) {
            String output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(BUILD_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException(command.getFirst() + " failed: " + output.strip());
            }
            return output;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(command.getFirst() + " was interrupted", e);
        }
    }

    /** Carries a reason out of the cache's lock. */
    private static final class BuildFailure extends RuntimeException {
        private static final long serialVersionUID = 1;

        BuildFailure(String reason) {
            super(reason);
        }
    }
}
