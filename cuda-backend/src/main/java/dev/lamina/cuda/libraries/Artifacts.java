package dev.lamina.cuda.libraries;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The versions of Maven artifacts that this build was made with. */
final class Artifacts {
    /** Version of JCuda's natives. */
    static final String JCUDA;
    /** Version of the artifact {@code org.bytedeco:cuda} of the profile {@code cuda-redist}. */
    static final String REDIST;

    static {
        try (InputStream in = Artifacts.class.getResourceAsStream("cuda.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            JCUDA = properties.getProperty("jcuda");
            REDIST = properties.getProperty("redist");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Artifacts() { }
}
