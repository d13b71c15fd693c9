package dev.lamina.cuda.api;

import dev.lamina.cuda.libraries.CudaLibraries;
import dev.lamina.cuda.libraries.JCudaNatives;
import dev.lamina.cuda.libraries.Library;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import jcuda.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads NVIDIA's libraries and then JCuda's natives that call them.
 *
 * <p>Left alone, each of JCuda's classes asks {@code jcuda.LibUtilsCuda} for its native, which takes whatever file of that name lies in the
 * temporary folder, where anybody may have put it. So that class is defined here first, with a method that loads from the folder of
 * {@link JCudaNatives} and nowhere else. This does not depend on the order of the class path.
 */
final class Bindings {
    private static final Logger LOG = LoggerFactory.getLogger(Bindings.class);
    private static final String LOADER = "jcuda.LibUtilsCuda";

    private static boolean replaced;

    private Bindings() { }

    /**
     * Loads a library and gets JCuda ready to load what calls it; later calls do nothing.
     *
     * @throws dev.lamina.backend.BackendException if the library is missing or unfit
     */
    static void load(Library library) {
        CudaLibraries.require(library);
        replaceLoader(JCudaNatives.unpack().folder());
    }

    private static synchronized void replaceLoader(Path natives) {
        if (replaced) {
            return;
        }
        replaced = true;
        try {
            MethodHandles.privateLookupIn(Pointer.class, MethodHandles.lookup()).defineClass(loader(natives));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("package jcuda must be open to " + Bindings.class.getModule(), e);
        } catch (LinkageError e) {
            LOG.warn("this process used JCuda before Lamina did: JCuda's natives are those that it found by itself");
        }
    }

    /** The class {@code LibUtilsCuda} with its one method {@code loadLibrary(name, dependencies)}. */
    private static byte[] loader(Path natives) {
        ClassDesc system = ClassDesc.of("java.lang.System");
        return ClassFile.of().build(ClassDesc.of(LOADER), type -> type.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL)
                .withMethodBody("loadLibrary", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String,
                        ConstantDescs.CD_String.arrayType()), ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC | ClassFile.ACC_VARARGS,
                        code -> code.ldc(natives + natives.getFileSystem().getSeparator())
                                .aload(0)
                                .invokestatic(system, "mapLibraryName",
                                        MethodTypeDesc.of(ConstantDescs.CD_String, ConstantDescs.CD_String))
                                .invokevirtual(ConstantDescs.CD_String, "concat",
                                        MethodTypeDesc.of(ConstantDescs.CD_String, ConstantDescs.CD_String))
                                .invokestatic(system, "load", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String))
                                .return_()));
    }
}
