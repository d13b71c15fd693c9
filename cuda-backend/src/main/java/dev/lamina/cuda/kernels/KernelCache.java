package dev.lamina.cuda.kernels;

import dev.lamina.backend.natives.CacheFolder;
import dev.lamina.cuda.api.Context;
import dev.lamina.cuda.api.CudaException;
import dev.lamina.cuda.api.Kernel;
import dev.lamina.cuda.api.Nvrtc;
import dev.lamina.cuda.lowering.Kernels;
import dev.lamina.kernels.KernelSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The kernels of one device: compiled by NVRTC when first needed, loaded once, and kept on disk for later processes. Generated kernels are
 * compiled many at a time; on disk, each has a small file that names the module it is in. A source may name options of the compiler in
 * lines that start with {@code //!}. Thread-safe.
 */
public final class KernelCache implements Kernels {
    /** Name of the folder below the user's cache. */
    public static final String FOLDER = "cuda-kernels";
    private static final String OPTION = "//!";

    private final ModuleStore modules;
    private final Map<String, Kernel> generated = new HashMap<>();
    private final Map<String, Generated> pending = new LinkedHashMap<>();

    /** The kernels of a device, kept in the user's cache. */
    public KernelCache(Context context) {
        this(context, CacheFolder.named(FOLDER), Nvrtc::compile);
    }

    KernelCache(Context context, CacheFolder folder, ModuleStore.Compiler compiler) {
        this.modules = new ModuleStore(context, folder, compiler);
    }

    @Override
    public synchronized Kernel resource(String family, List<String> defines, String kernel) {
        List<String> options = defines.stream().map(define -> "--define-macro=" + define).toList();
        return modules.module(source(family, KernelSource.family(family), options)).kernel(kernel);
    }

    @Override
    public synchronized Supplier<Kernel> generated(Generated source) {
        Kernel known = generated.get(source.kernel());
        if (known != null) {
            return () -> known;
        }
        pending.putIfAbsent(source.kernel(), source);
        return () -> need(source);
    }

    /** How many modules were compiled here, instead of found in memory or on disk. */
    public synchronized int compiled() {
        return modules.compiled();
    }

    private synchronized Kernel need(Generated wanted) {
        if (!generated.containsKey(wanted.kernel())) {
            pending.putIfAbsent(wanted.kernel(), wanted);
            findOnDisk();
            if (!generated.containsKey(wanted.kernel())) {
                compilePending(wanted);
            }
        }
        return generated.get(wanted.kernel());
    }

    /** Takes what earlier processes have left. */
    private void findOnDisk() {
        for (Iterator<Generated> all = pending.values().iterator(); all.hasNext();) {
            Generated source = all.next();
            byte[] module = modules.read(reference(source));
            Kernel kernel = module == null ? null : modules.kept(new String(module, StandardCharsets.US_ASCII), source.kernel());
            if (kernel != null) {
                generated.put(source.kernel(), kernel);
                all.remove();
            }
        }
    }

    private void compilePending(Generated wanted) {
        List<Generated> batch = pending.values().stream().filter(source -> source.helpers().equals(wanted.helpers())).toList();
        // Should it fail, whoever needs the others asks again.
        batch.forEach(source -> pending.remove(source.kernel()));
        try {
            compile(batch);
        } catch (CudaException e) {
            if (batch.size() == 1) {
                throw e;
            }
            // Another one may be at fault, perhaps of a graph that was given up.
            compile(List.of(wanted));
        }
    }

    private void compile(List<Generated> batch) {
        StringBuilder text = new StringBuilder(KernelSource.helpers(batch.getFirst().helpers()));
        batch.forEach(source -> text.append('\n').append(source.text()));
        ModuleStore.Text program = source(batch.size() + " generated kernels", text.toString(), List.of());
        var module = modules.module(program);
        for (Generated source : batch) {
            generated.put(source.kernel(), module.kernel(source.kernel()));
            modules.write(reference(source), program.key().getBytes(StandardCharsets.US_ASCII));
        }
    }

    private String reference(Generated source) {
        return source(source.kernel(), KernelSource.helpers(source.helpers()) + source.text(), List.of()).key();
    }

    private ModuleStore.Text source(String name, String text, List<String> options) {
        List<String> all = new ArrayList<>(options);
        text.lines().filter(line -> line.startsWith(OPTION)).map(line -> line.substring(OPTION.length()).strip()).forEach(all::add);
        return modules.text(name, text, all);
    }

    /**
     * Unloads all modules. Idempotent.
     *
     * @throws CudaException if the driver refuses
     */
    @Override
    public synchronized void close() {
        generated.clear();
        pending.clear();
        modules.close();
    }
}
