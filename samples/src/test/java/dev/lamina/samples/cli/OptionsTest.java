package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Which commands have which options, and that options without an effect are refused. */
class OptionsTest {
    @TempDir
    private Path dir;

    private static Set<String> commandsWith(String option) {
        Set<String> found = new TreeSet<>();
        collect(new CommandLine(new Lamina()), option, found);
        return found;
    }

    private static void collect(CommandLine line, String option, Set<String> found) {
        if (line.getCommandSpec().findOption(option) != null) {
            found.add(line.getCommandSpec().qualifiedName().replaceFirst("^lamina ", ""));
        }
        line.getSubcommands().values().forEach(sub -> collect(sub, option, found));
    }

    @ParameterizedTest
    @CsvSource({"--image-size", "--image-channels", "--resize", "--on-corrupt", "--image-cache", "--val-split"})
    void imageOptionsAreWithCommandsThatFitImages(String option) {
        assertEquals(Set.of("train", "find-lr", "eval", "check", "inspect", "features fit", "features transform", "bench data"),
                commandsWith(option));
    }

    @Test
    void downloadsAreWithCommandsThatReadSets() {
        assertEquals(Set.of("train", "find-lr", "eval", "check", "inspect", "features fit", "features transform", "bench data",
                "compare-features", "demo depth", "demo vanishing", "rbm train", "rbm stack", "rbm sample", "rbm show"),
                commandsWith("--download"));
        Set<String> folders = commandsWith("--download");
        folders.addAll(Set.of("datasets", "reproduce course", "reproduce networks"));
        assertEquals(folders, commandsWith("--data-dir"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rbm train --sparsity-cost 0.2               | --sparsity-cost 0.2 without --sparsity
            rbm stack --labels 10                       | --labels without --fine-tune, which it belongs to.
            rbm stack --fine-tune-lr 0.1                | --fine-tune-lr without --fine-tune, which it belongs to.
            train --metric top1                         | --metric top1 says what best means, but the best is not kept. Add --keep best,last
            train --ema-eval false                      | --ema-eval false without averages.
            train --data digits --on-corrupt skip       | --on-corrupt skip: data "digits" has no image files
            train --data digits --image-cache 1MiB      | --image-cache 1MiB: data "digits" has no image files
            train --backend reference --device 1        | --device 1: backend "reference" has no devices to choose from.
            bench gpu --backend cpu --device 1          | --device 1: backend "cpu" has no devices to choose from.
            check --loss --optimizer adam               | --loss checks no updates, --optimizer adam has no use.
            check --features x.safetensors --loss       | --features x.safetensors has no step of an optimizer; leave out --loss.
            rbm train --image-size 8                    | Unknown options: '--image-size', '8'
            reproduce course --download                 | Unknown option: '--download'
            """)
    void optionsWithoutEffectAreRefused(String args, String message) {
        Outcome outcome = Outcome.of(args.strip().split("\\s+"));
        assertTrue(outcome.exit() != 0, outcome.out());
        assertTrue(outcome.err().contains(message), outcome.err());
    }

    @Test
    void aShareIsHeldOutOfAnySet() {
        Outcome all = Outcome.of("features", "fit", "--kind", "pca:k=2", "--backend", "reference", "--train-limit", "50", "--out",
                dir.resolve("a.safetensors").toString());
        assertTrue(all.out().contains("on 50 samples of digits"), all.out() + all.err());
        Outcome rest = Outcome.of("features", "fit", "--kind", "pca:k=2", "--backend", "reference", "--train-limit", "50", "--val-split",
                "0.2", "--out", dir.resolve("b.safetensors").toString());
        assertTrue(rest.out().contains("on 40 samples of digits"), rest.out() + rest.err());
    }
}
