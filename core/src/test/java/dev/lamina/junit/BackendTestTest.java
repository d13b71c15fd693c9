package dev.lamina.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendProvider;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** The extension as JUnit runs it, on fake backends. */
class BackendTestTest {
    /** Set, so that what the environment requires counts for nothing. */
    private static final Map<String, String> NOTHING_REQUIRED = Map.of("lamina.require", "");

    @TempDir
    private Path dir;

    /** Two tests on every backend. */
    static final class OnAll {
        @BeforeEach
        void prepare(Backend backend) {
            FakeBackends.LOG.add("prepare " + backend.name());
        }

        @BackendTest
        void first(Backend backend) {
            FakeBackends.LOG.add("test " + backend.name());
        }

        @BackendTest
        void second(Backend backend) {
            FakeBackends.LOG.add("test " + backend.name());
        }
    }

    /** A test on one backend. */
    static final class OnFast {
        @BackendTest("fast")
        void test(Backend backend) {
            FakeBackends.LOG.add("test " + backend.name());
        }
    }

    /** A test on a backend with a misspelt name. */
    static final class OnFats {
        @BackendTest("fats")
        void test(Backend backend) {
            FakeBackends.LOG.add("test " + backend.name());
        }
    }

    private EngineExecutionResults run(Class<?> tests, Map<String, String> settings) throws IOException {
        return run(tests, settings, List.of(FakeBackends.Emulated.class, FakeBackends.Absent.class, FakeBackends.Fast.class));
    }

    private EngineExecutionResults run(Class<?> tests, Map<String, String> settings, List<Class<? extends BackendProvider>> providers)
            throws IOException {
        FakeBackends.LOG.clear();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = FakeBackends.loader(dir, providers)) {
            thread.setContextClassLoader(loader);
            return EngineTestKit.engine("junit-jupiter").selectors(selectClass(tests)).configurationParameters(settings).execute();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static List<String> messages(EngineExecutionResults results) {
        return results.testEvents().failed().stream().map(e -> e.getRequiredPayload(TestExecutionResult.class).getThrowable()
                .orElseThrow().getMessage()).toList();
    }

    @Test
    void eachTestRunsOnEachBackendThatOpensAndEachIsOpenedOnceAndClosedAfterTheClass() throws IOException {
        EngineExecutionResults results = run(OnAll.class, NOTHING_REQUIRED);
        results.testEvents().assertStatistics(s -> s.succeeded(4).failed(0).skipped(2));
        assertEquals(List.of("open fast", "prepare fast", "test fast", "open emulated", "prepare emulated", "test emulated",
                "prepare fast", "test fast", "prepare emulated", "test emulated"), FakeBackends.LOG.subList(0, 10));
        assertEquals(List.of("close emulated", "close fast"), FakeBackends.LOG.subList(10, 12));
        assertEquals(12, FakeBackends.LOG.size());
        assertEquals(List.of("fast", "emulated", "fast", "emulated"), results.testEvents().succeeded().stream()
                .map(e -> e.getTestDescriptor().getDisplayName()).toList());
    }

    @Test
    void backendThatIsNotAvailableIsSkippedWithTheReason() throws IOException {
        List<Event> skipped = run(OnAll.class, NOTHING_REQUIRED).testEvents().skipped().list();
        assertEquals(2, skipped.size());
        for (Event event : skipped) {
            assertEquals("absent is not available: no driver is installed", event.getTestDescriptor().getDisplayName());
            assertEquals("absent is not available: no driver is installed", event.getRequiredPayload(String.class));
        }
    }

    @Test
    void requiredBackendThatIsNotAvailableFailsBeforeAnythingRuns() throws IOException {
        EngineExecutionResults results = run(OnAll.class, Map.of("lamina.require", "fast, absent"));
        results.testEvents().assertStatistics(s -> s.succeeded(4).failed(2).skipped(0));
        for (String message : messages(results)) {
            assertEquals("lamina.require (or LAMINA_REQUIRE) requires backend \"absent\", and absent is not available: "
                    + "no driver is installed", message);
        }
    }

    @Test
    void requiredBackendThatIsNotOnTheClassPathFails() throws IOException {
        EngineExecutionResults results = run(OnAll.class, Map.of("lamina.require", "cuda"), List.of(FakeBackends.Fast.class));
        results.testEvents().assertStatistics(s -> s.succeeded(2).failed(2));
        assertTrue(messages(results).getFirst().contains("\"cuda\", and cuda is not available: it is not on the class path, where there "
                + "are only [fast]"), messages(results).getFirst());
    }

    @Test
    void namesRestrictATestAndWhatIsRequiredOfOthersIsNoConcernOfIt() throws IOException {
        EngineExecutionResults results = run(OnFast.class, Map.of("lamina.require", "absent"));
        results.testEvents().assertStatistics(s -> s.started(1).succeeded(1).skipped(0));
        assertEquals(List.of("open fast", "test fast", "close fast"), FakeBackends.LOG);
    }

    @Test
    void nameThatNoBackendHasIsAnErrorAndNoSkippedTest() throws IOException {
        EngineExecutionResults results = run(OnFats.class, NOTHING_REQUIRED);
        results.testEvents().assertStatistics(s -> s.started(0).skipped(0));
        String message = results.containerEvents().failed().list().getFirst().getRequiredPayload(TestExecutionResult.class).getThrowable()
                .orElseThrow().getMessage();
        assertEquals("@BackendTest of test: backend \"fats\" is not on the class path, where there are only [absent, fast, emulated]. "
                + "Add its artifact, or leave the name out.", message);
    }
}
