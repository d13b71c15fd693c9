package dev.lamina.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs once for each backend on the class path, fastest first. It takes the opened {@link dev.lamina.backend.Backend} as a
 * parameter; so may its {@code @BeforeEach} and {@code @AfterEach} methods and its constructor. A backend is opened once for a test class
 * and closed after it: executables and states must be closed before, and the backend must not be.
 *
 * <p>A backend that is not available is reported as a skipped run with the reason. If the system property (or JUnit's configuration
 * parameter) {@code lamina.require} or the environment variable {@code LAMINA_REQUIRE} names it, as in
 * {@code -Dlamina.require=cuda,cpu}, it is a failed run instead. A backend that {@code auto} passes over but that opens by its name counts
 * as available.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(BackendExtension.class)
public @interface BackendTest {
    /** Names of the backends to run on; all that are on the class path unless given. A name that is not there is an error. */
    String[] value() default {};
}
