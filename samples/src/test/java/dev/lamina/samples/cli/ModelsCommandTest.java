package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.models.Models;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelsCommandTest {
    @TempDir
    private Path dir;

    static List<String> names() {
        return Models.names();
    }

    private static Outcome done(String... args) {
        Outcome outcome = Outcome.of(args);
        assertEquals(0, outcome.exit(), outcome.err());
        return outcome;
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyModelHasASummary(String name) {
        long parameters = Models.create(name, Models.info(name).input(), Models.info(name).classes()).parameters().trainableElements();
        Outcome summary = done("summary", "--model", name);
        assertTrue(summary.out().contains(String.format(java.util.Locale.ROOT, "%,d trainable parameters", parameters)), summary.out());
    }

    @Test
    void modelsAreListedWithTheirParametersAndOptions() {
        Outcome all = done("models");
        assertEquals(Models.names().size() + 1, all.out().lines().count());
        assertTrue(all.out().lines().anyMatch(line -> line.matches("vgg16 +3,224,224 +1000 +138,357,544 +Simonyan, Zisserman 2014")),
                all.out());
        Outcome one = done("models", "resnet20");
        assertTrue(one.out().contains("  shortcut = A | B (default A)"), one.out());
        assertTrue(Outcome.of("models", "resnet21").err().contains("model \"resnet21\" is unknown"));
    }

    @Test
    void summariesShowReceptiveFieldsAndFollowOptions() {
        Outcome vgg = done("summary", "--model", "vgg16");
        assertTrue(vgg.out().lines().anyMatch(line -> line.startsWith("conv5_3 ") && line.endsWith(" 196/16/8")), vgg.out());
        Outcome narrow = done("summary", "--model", "resnet20", "--width", "0.5", "--model-option", "shortcut=B");
        assertTrue(narrow.out().contains("layer2.1.shortcut.conv "), narrow.out());
        Outcome wrong = Outcome.of("summary", "--model", "resnet20", "--model-option", "shortcut=C");
        assertEquals(1, wrong.exit());
        assertTrue(wrong.err().contains("resnet20: option shortcut = C, needs one of A, B."), wrong.err());
        Outcome twice = Outcome.of("summary", "--width", "2", "--model-option", "width=3");
        assertTrue(twice.err().contains("width is given twice, by --width and --model-option. Leave one out."), twice.err());
    }

    @Test
    void runsRememberWidthAndOptions() {
        String run = dir.resolve("run").toString();
        String[] few = {"--backend", "reference", "--train-limit", "100", "--epochs", "1"};
        Outcome trained = done(Outcome.join(new String[] {"train", "--model", "lenet", "--width", "0.5", "--out", run}, few));
        assertTrue(trained.out().contains("lenet: 15,738 parameters"), trained.out());
        done("train", "--resume", run, "--epochs", "2", "--backend", "reference");
        done("eval", run, "--backend", "reference");
        assertTrue(Outcome.of("train", "--resume", run, "--width", "1").err().contains("--width cannot be changed"));
        assertTrue(done("check", "--run", run, "--batch", "2", "--backends", "reference").out().contains("lenet (width=0.5), input"));
        String cut = dir.resolve("cut").toString();
        done(Outcome.join(new String[] {"train", "--model", "linear", "--features", "cnn:run=" + run, "--out", cut}, few));
        done("eval", cut, "--backend", "reference");
    }
}
