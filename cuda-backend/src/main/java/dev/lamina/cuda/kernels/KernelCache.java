package dev.lamina.cuda.kernels;

import dev.lamina.backend.natives.CacheFolder;
import dev.lamina.cuda.api.Context;
import dev.lamina.cuda.api.CudaException;
import dev.lamina.cuda.api.Kernel;
import dev.lamina.cuda.api.KernelModule;
import dev.lamina.cuda.api.Nvrtc;
import dev.lamina.cuda.lowering.Kernels;
import dev.lamina.kernels.KernelSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernels of one device: compiled by NVRTC when first asked for, loaded once, and kept on disk for later processes. A source may name
 * options of the compiler in lines that start with {@code //!}. Thread-safe.
 */
public final class KernelCache implements Kernels {
    /** Name of the folder below the user's cache. */
    public static final String FOLDER = "cuda-kernels";
    private static final String OPTION = "//!";
    private static final Logger LOG = LoggerFactory.getLogger(KernelCache.class);

    /** Makes machine code out of text. */
    @FunctionalInterface
    public interface Compiler {
        /**
         * Compiles.
         *
         * @throws CudaException if the text is not right; the message holds the compiler's log
         */
        byte[] compile(String source, String name, List<String> options);
    }

    private final Context context;
    private final CacheFolder folder;
    private final Compiler compiler;
    private final List<String> options;
    private final String version;
    private final Map<String, KernelModule> modules = new HashMap<>();
    private int compiled;

    /** The kernels of a device, kept in the user's cache. */
    public KernelCache(Context context) {
        this(context, CacheFolder.named(FOLDER), Nvrtc::compile);
    }

    /** The kernels of a device, kept in this folder. */
    public KernelCache(Context context, CacheFolder folder, Compiler compiler) {
        this.context = context;
        this.folder = folder;
        this.compiler = compiler;
        this.options = List.of(Nvrtc.architectureOption(context.facts()), "--std=c++17");
        this.version = Nvrtc.version();
    }

    @Override
    public synchronized Kernel resource(String family, List<String> defines, String kernel) {
        return module(family, KernelSource.family(family), defines.stream().map(define -> "--define-macro=" + define).toList())
                .kernel(kernel);
    }

    @Override
    public synchronized Kernel generated(String source, String kernel) {
        return module("generated " + kernel, source, List.of()).kernel(kernel);
    }

    /** How many modules were compiled here, instead of found in memory or on disk. */
    public synchronized int compiled() {
        return compiled;
    }

    /** How many modules are loaded. */
    public synchronized int loaded() {
        return modules.size();
    }

    private KernelModule module(String name, String source, List<String> defines) {
        List<String> all = new ArrayList<>(options);
        all.addAll(defines);
        source.lines().filter(line -> line.startsWith(OPTION)).map(line -> line.substring(OPTION.length()).strip()).forEach(all::add);
        String key = KernelImage.key(source, all, version);
        KernelModule known = modules.get(key);
        if (known == null) {
            known = load(name, source, all, key);
            modules.put(key, known);
        }
        return known;
    }

    private KernelModule load(String name, String source, List<String> all, String key) {
        KernelModule kept = kept(name, key);
        // The lock spares a second process the same work. Whoever waited for it finds the image.
        return kept != null ? kept : folder.locked(key, () -> {
            KernelModule meanwhile = kept(name, key);
            return meanwhile != null ? meanwhile : compile(name, source, all, key);
        });
    }

    /** The module that an earlier process left, or null. What is damaged is taken away. */
    private KernelModule kept(String name, String key) {
        byte[] file = folder.read(key).orElse(null);
        if (file == null) {
            return null;
        }
        try {
            return context.load(KernelImage.unpack(file), name);
        } catch (KernelImage.Damaged | CudaException e) {
            LOG.warn("kernels \"{}\" are compiled again: {} is damaged: {}", name, folder.path().resolve(key), e.getMessage());
            folder.remove(key);
            return null;
        }
    }

    private KernelModule compile(String name, String source, List<String> all, String key) {
        long start = System.nanoTime();
        byte[] image = compiler.compile(source, name + ".cu", all);
        LOG.debug("compiled kernels \"{}\" in {} ms", name, (System.nanoTime() - start) / 1_000_000);
        compiled++;
        KernelModule module = context.load(image, name);
        folder.write(key, KernelImage.pack(image));
        return module;
    }

    /** Unloads all modules. Idempotent. */
    @Override
    public synchronized void close() {
        modules.values().forEach(KernelModule::close);
        modules.clear();
    }
}
