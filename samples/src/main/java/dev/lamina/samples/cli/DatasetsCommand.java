package dev.lamina.samples.cli;

import dev.lamina.data.DatasetInfo;
import dev.lamina.data.Datasets;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lamina datasets}: the sets Lamina knows and whether they are there. */
@Command(name = "datasets", mixinStandardHelpOptions = true, description = "Lists the data sets and whether their files are there.",
        footer = {"", "Example:", "  lamina datasets --data-dir ../shared/data"})
final class DatasetsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private FolderOption data;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        for (DatasetInfo info : Datasets.list(data.dir())) {
            String missing = "not in " + info.lookedIn() + (info.downloadable() ? ", `train --download` fetches it" : "");
            String state = info.foundIn().map(dir -> "in " + dir).orElse(info.present() ? "built in" : missing);
            out.printf("%-14s %6d + %5d  %-12s %3d classes  %s%n%15s%s%n", info.name(), info.trainSize(), info.testSize(),
                    info.sampleShape(), info.classes(), info.description(), "", state);
        }
        return 0;
    }
}
