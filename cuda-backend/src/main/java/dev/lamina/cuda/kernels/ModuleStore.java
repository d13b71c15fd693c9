package dev.lamina.cuda.kernels;

import dev.lamina.backend.natives.CacheFolder;
import dev.lamina.cuda.api.Context;
import dev.lamina.cuda.api.CudaException;
import dev.lamina.cuda.api.Kernel;
import dev.lamina.cuda.api.KernelModule;
import dev.lamina.cuda.api.Nvrtc;
import dev.lamina.cuda.lowering.Owned;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Modules of one device by their text: in memory, on disk, or compiled. One thread. */
final class ModuleStore {
    private static final Logger LOG = LoggerFactory.getLogger(ModuleStore.class);

    /** Makes machine code out of text. */
    @FunctionalInterface
    interface Compiler {
        /** Throws {@link CudaException} if the text is not right. */
        byte[] compile(String source, String name, List<String> options);
    }

    /**
     * What is compiled.
     *
     * @param name for messages
     * @param options all of the compiler's
     * @param key name of its file, different for different text, options (the architecture among them) and compiler
     */
    record Text(String name, String source, List<String> options, String key) {
    }

    private final Context context;
    private final CacheFolder folder;
    private final Compiler compiler;
    private final List<String> options;
    private final String version;
    private final Map<String, KernelModule> modules = new HashMap<>();
    private int compiled;

    ModuleStore(Context context, CacheFolder folder, Compiler compiler) {
        this.context = context;
        this.folder = folder;
        this.compiler = compiler;
        this.options = List.of(Nvrtc.architectureOption(context.facts()), "--std=c++17");
        // The emulator's images are for the host's processor.
        this.version = Nvrtc.version() + (context.facts().emulated() ? " emulated" : "");
    }

    Text text(String name, String source, List<String> further) {
        List<String> all = new ArrayList<>(options);
        all.addAll(further);
        return new Text(name, source, List.copyOf(all), KernelImage.key(source, all, version));
    }

    int compiled() {
        return compiled;
    }

    /** The module of a text. */
    KernelModule module(Text text) {
        KernelModule known = modules.get(text.key);
        if (known == null) {
            known = onDisk(text.key, text.name, _ -> { });
            // The lock spares a second process the same work. Whoever waited for it finds the image.
            modules.put(text.key, known != null ? known : folder.locked(text.key, () -> {
                KernelModule meanwhile = onDisk(text.key, text.name, _ -> { });
                return meanwhile != null ? meanwhile : compile(text);
            }));
        }
        return modules.get(text.key);
    }

    private KernelModule compile(Text text) {
        long start = System.nanoTime();
        byte[] image = compiler.compile(text.source, text.name + ".cu", text.options);
        LOG.debug("compiled \"{}\" in {} ms", text.name, (System.nanoTime() - start) / 1_000_000);
        compiled++;
        KernelModule module = context.load(image, text.name);
        write(text.key, image);
        return module;
    }

    /** A kernel of a module that is loaded or on disk; null if there is none. */
    Kernel kept(String key, String kernel) {
        KernelModule known = modules.get(key);
        if (known != null) {
            return known.kernel(kernel);
        }
        KernelModule module = onDisk(key, kernel, loaded -> loaded.kernel(kernel));
        if (module == null) {
            return null;
        }
        modules.put(key, module);
        return module.kernel(kernel);
    }

    /** A module that a process has left, if the device takes it and it passes the check; else null. What is damaged is taken away. */
    private KernelModule onDisk(String key, String name, Consumer<KernelModule> check) {
        byte[] image = read(key);
        if (image == null) {
            return null;
        }
        KernelModule module = null;
        try {
            module = context.load(image, name);
            check.accept(module);
            return module;
        } catch (CudaException e) {
            damaged(key, e);
            if (module != null) {
                module.close();
            }
            return null;
        }
    }

    /** A file's content, null if there is none or it is damaged. */
    byte[] read(String key) {
        try {
            byte[] file = folder.read(key).orElse(null);
            return file == null ? null : KernelImage.unpack(key, file);
        } catch (KernelImage.Damaged e) {
            damaged(key, e);
            return null;
        }
    }

    void write(String key, byte[] content) {
        folder.write(key, KernelImage.pack(key, content));
    }

    private void damaged(String key, Exception why) {
        LOG.warn("kernels are compiled again: {} is damaged: {}", folder.path().resolve(key), why.getMessage());
        folder.remove(key);
    }

    void close() {
        Owned all = new Owned(modules.values().toArray(KernelModule[]::new));
        modules.clear();
        all.close();
    }
}
