package dev.lamina.cpu.check;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.check.CheckReport;
import dev.lamina.check.CrossCheck;
import dev.lamina.check.NodeReport;
import dev.lamina.check.Side;
import dev.lamina.check.Verdict;
import dev.lamina.models.Models;
import dev.lamina.optim.Sgd;
import dev.lamina.parity.ModelSteps;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCheckTest {
    @ParameterizedTest
    @CsvSource({"mlp,1,9,7,6,20", "lenet,1,28,28,4,5", "resnet20,3,16,16,2,3", "alexnet,3,67,67,2,2"})
    void agrees(String model, long c, long h, long w, long batch, int steps) {
        try (Backend reference = Backends.open("reference"); Backend cpu = Backends.open("cpu");
                ModelSteps built = new ModelSteps(reference, Models.create(model, Shape.of(c, h, w), 10), DType.FLOAT32, batch,
                        Sgd.momentum(0.9).withWeightDecay(1e-3), 0.02)) {
            CompileOptions options = CompileOptions.defaults().requiringDeterminism();
            CheckReport report = CrossCheck.against(reference).steps(steps).check(built.subject(),
                    List.of(Side.of("reference", reference, options), Side.of("cpu", cpu, options)));
            report.sides().forEach(side -> {
                System.out.println(model + " " + side.label() + " nodes " + side.nodes().size() + " groups " + side.groups().size()
                        + " not judged " + side.groups().stream().filter(n -> n.verdict() == Verdict.NOT_JUDGED).count()
                        + " in " + report.seconds());
                for (List<NodeReport> list : List.of(side.nodes(), side.groups())) {
                    list.stream().sorted(Comparator.comparingDouble((NodeReport n) -> -n.relative() / Math.max(1e-30, n.tolerance()))).limit(6)
                            .forEach(n -> System.out.println("  " + n.verdict() + " " + n.node() + " rel " + n.relative() + " tol "
                                    + n.tolerance() + " abs " + n.absolute() + " apart " + n.apart() + " " + n.worst() + " " + n.note() + " group " + n.group().size()));
                    list.stream().filter(n -> n.verdict() == Verdict.NOT_JUDGED).limit(4)
                            .forEach(n -> System.out.println("  NJ " + n.node() + " group " + n.group()));
                }
            });
            report.drift().ifPresent(d -> d.rows().forEach(r -> System.out.println("  drift " + r)));
            assertTrue(report.agrees(), () -> report.firstDivergent().toString());
        }
    }
}
