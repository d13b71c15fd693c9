package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendException;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.check.BisectReport;
import dev.lamina.check.CheckReport;
import dev.lamina.check.CrossCheck;
import dev.lamina.check.RepeatReport;
import dev.lamina.check.Side;
import dev.lamina.check.SideReport;
import dev.lamina.samples.check.CheckJson;
import dev.lamina.samples.check.CheckPage;
import dev.lamina.samples.check.CheckResult;
import dev.lamina.samples.check.CheckText;
import dev.lamina.samples.check.CheckXml;
import dev.lamina.train.TrainingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina check}: whether backends compute the same, node by node. Exit codes: 0 they do, 1 they do not, 2 nothing was checked. */
@Command(name = "check", mixinStandardHelpOptions = true,
        description = {"Runs a model's training step on several backends and compares every value of every node.",
            "", "Each node is judged by itself: a judge computes it in float64 of the very operands that the backend had, and what is "
                + "allowed follows from the types and lengths of its sums. So the first node that fails is the one at fault. The judge is "
                + "slow: keep batches small, and for alexnet and vgg16 the images too (--input 3,67,67 and 3,32,32, the defaults).",
            "", "Exit code: 0 all agree, 1 a node fails, drifts or varies, 2 wrong usage. Files are written whole or not at all."},
        footer = {"", "Examples:", "  lamina check --model lenet", "  lamina check --run runs/mnist --steps 20 --html check.html",
            "  lamina check --model resnet20 --backends reference,cpu,cuda --precision tf32 --junit check.xml --json check.json",
            "  lamina check --model lenet --inject conv2:wrong-stride@cpu --bisect", "  lamina check --backends cpu --repeat 10"})
final class CheckCommand implements Callable<Integer> {
    private static final int ROWS = 20;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CheckOptions options;

    @Option(names = "--backends", split = ",", paramLabel = "NAME",
            description = "the sides, e.g. reference,cpu,cuda; drift is counted from the first (reference and all others available)")
    private List<String> backends;

    @Option(names = PrecisionOption.NAME, paramLabel = "NAME", converter = PrecisionOption.class,
            description = "of all sides but the reference: " + PrecisionOption.MEANING + " (float32, or that of the run)")
    private Precision precision;

    @Option(names = "--deterministic", negatable = true, defaultValue = "true", fallbackValue = "true",
            description = "compile for equal bits from run to run, as training does (on); off, nodes whose bits vary do not fail")
    private boolean deterministic;

    @Option(names = "--inject", paramLabel = "NODE:KIND[@BACKEND]",
            description = "plant a fault at a node of one side (the last), to see it found, e.g. conv1:wrong-stride@cpu")
    private String fault;

    @Option(names = "--bisect", description = "if a side fails: switch passes, kernels and precision off until it agrees")
    private boolean bisect;

    @Option(names = "--repeat", paramLabel = "N", description = "run each side N times and list nodes whose bits differ between runs")
    private Integer repeat;

    @Option(names = "--all", description = "list all nodes, not just the worst " + ROWS)
    private boolean all;

    @Option(names = "--json", paramLabel = "FILE", description = "write the result for programs")
    private Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "write a page with the graph coloured by error")
    private Path html;

    @Option(names = "--junit", paramLabel = "FILE", description = "write JUnit's XML for CI servers")
    private Path junit;

    @Override
    public Integer call() {
        try {
            return check() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        } catch (IllegalArgumentException | IllegalStateException | BackendException | TrainingException | ArithmeticException
                | IOException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(spec.commandLine().getColorScheme().errorText("lamina: " + Lamina.text(e)));
            return CommandLine.ExitCode.USAGE;
        }
    }

    private boolean check() throws IOException {
        if (repeat != null && repeat < 2) {
            throw new IllegalArgumentException("check: --repeat " + repeat + ", needs >= 2 runs to compare.");
        }
        PrintWriter out = spec.commandLine().getOut();
        CheckPlan plan = options.plan();
        Precision numbers = precision != null ? precision : plan.precision();
        CompileOptions compiled = CompileOptions.defaults().withPrecision(numbers);
        try (Backend judge = Backends.open(CheckSides.REFERENCE);
                CheckSides sides = CheckSides.open(backends, deterministic ? compiled.requiringDeterminism() : compiled, fault, judge)) {
            Map<String, String> settings = new LinkedHashMap<>(plan.settings());
            settings.put("precision", numbers.label());
            if (fault != null) {
                settings.put("planted fault", fault);
            }
            settings.forEach((name, value) -> out.printf("%s: %s%n", name, value));
            sides.absent().forEach((name, reason) -> out.printf("without %s: %s%n", name, reason));
            out.flush();
            CheckResult result = run(plan, sides, judge, settings);
            write(result);
            CheckText.print(result, all ? Integer.MAX_VALUE : ROWS, out);
            return result.agrees();
        }
    }

    private CheckResult run(CheckPlan plan, CheckSides sides, Backend judge, Map<String, String> settings) {
        StepProgress progress = new StepProgress(spec.commandLine().getErr());
        CrossCheck check = CrossCheck.against(judge).steps(plan.steps());
        CheckReport report = check.listening(progress).check(plan.subject(), sides.sides());
        progress.end();
        List<RepeatReport> repeats = repeat == null ? List.of()
                : sides.sides().stream().map(side -> check.repeat(plan.subject(), side, repeat)).toList();
        List<BisectReport> bisects = bisect ? sides.sides().stream().filter(side -> fails(report, side))
                .map(side -> check.bisect(plan.subject(), side)).toList() : List.of();
        return new CheckResult(report, repeats, bisects, settings, versions(), sides.absent());
    }

    private static boolean fails(CheckReport report, Side side) {
        return report.sides().stream().filter(s -> s.label().equals(side.label())).map(SideReport::firstDivergent)
                .anyMatch(java.util.Optional::isPresent);
    }

    private static Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("lamina", Lamina.VERSION);
        versions.put("java", Runtime.version().toString());
        versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return versions;
    }

    private void write(CheckResult result) throws IOException {
        if (json != null) {
            CheckJson.write(result, json);
        }
        if (html != null) {
            CheckPage.write(result, html);
        }
        if (junit != null) {
            CheckXml.write(result, junit);
        }
    }
}
