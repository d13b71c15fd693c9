package dev.lamina.samples;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import picocli.CommandLine;

/**
 * The import rules of the design, one way only:
 * {@code tensor <- graph <- backend <- {check <- junit, nn, optim, data, io} <- {train, models, vision, features, inspect} <- rbm <-
 * samples}. The backends see tensor, graph and backend, and never each other; core never sees a backend. Test code may use everything,
 * so it is not imported here.
 *
 * <p>A package without classes breaks no rule.
 */
@AnalyzeClasses(packages = "dev.lamina", importOptions = {ImportOption.DoNotIncludeTests.class, NoTestJars.class})
class ArchitectureTest {

    /** Lamina's own packages, less the given ones: what a rule's subject must not depend on. */
    private static DescribedPredicate<JavaClass> laminaExcept(String... names) {
        var allowed = new String[names.length];
        for (int i = 0; i < names.length; i++) {
            allowed[i] = "dev.lamina." + names[i] + "..";
        }
        return resideInAPackage("dev.lamina..").and(DescribedPredicate.not(resideInAnyPackage(allowed)))
            .as("lamina packages other than %s", String.join(", ", names));
    }

    private static ArchRule sees(String name, String... others) {
        var allowed = new String[others.length + 1];
        allowed[0] = name;
        System.arraycopy(others, 0, allowed, 1, others.length);
        return noClasses().that().resideInAPackage("dev.lamina." + name + "..")
            .should().dependOnClassesThat(laminaExcept(allowed))
            .because("imports go one way (design, Layout)")
            .allowEmptyShould(true);
    }

    @ArchTest
    static final ArchRule TENSOR = sees("tensor");

    @ArchTest
    static final ArchRule GRAPH = sees("graph", "tensor");

    @ArchTest
    static final ArchRule BACKEND = sees("backend", "graph", "tensor");

    @ArchTest
    static final ArchRule CHECK = sees("check", "backend", "graph", "tensor");

    @ArchTest
    static final ArchRule JUNIT = sees("junit", "check", "backend", "graph", "tensor");

    @ArchTest
    static final ArchRule ONE_PACKAGE_KNOWS_JUNIT = noClasses()
        .that().resideInAPackage("dev.lamina..").and().resideOutsideOfPackage("dev.lamina.junit..")
        .should().dependOnClassesThat().resideInAnyPackage("org.junit..", "org.opentest4j..", "dev.lamina.junit..")
        .because("only those who test have JUnit");

    @ArchTest
    static final ArchRule REPORTS_KNOW_NOTHING_OF_THE_COMMAND = noClasses()
        .that().resideInAPackage("dev.lamina.samples.check..")
        .should().dependOnClassesThat().resideInAnyPackage("dev.lamina.samples.cli..", "picocli..");

    @ArchTest
    static final ArchRule NN = sees("nn", "backend", "graph", "tensor");

    @ArchTest
    static final ArchRule OPTIM = sees("optim", "backend", "graph", "tensor");

    @ArchTest
    static final ArchRule IO = sees("io", "backend", "graph", "tensor");

    @ArchTest
    static final ArchRule DATA = sees("data", "io", "backend", "graph", "tensor");

    @ArchTest
    static final ArchRule MODELS = sees("models", "nn", "optim", "data", "io", "backend", "graph", "tensor");

    @ArchTest
    static final ArchRule VISION = sees("vision", "nn", "optim", "data", "io", "backend", "graph", "tensor");

    @ArchTest
    static final ArchRule INSPECT = sees("inspect", "nn", "optim", "data", "io", "backend", "graph", "tensor");

    @ArchTest
    static final ArchRule FEATURES = sees("features", "inspect", "models", "nn", "optim", "data", "io", "backend", "graph", "tensor");

    @ArchTest
    static final ArchRule TRAIN = sees("train", "models", "nn", "optim", "data", "io", "backend", "graph", "tensor");

    @ArchTest
    static final ArchRule RBM = sees("rbm", "train", "inspect", "nn", "optim", "data", "io", "backend", "graph", "tensor");

    @ArchTest
    static final ArchRule CPU_BACKEND = sees("cpu", "backend", "graph", "tensor");

    @ArchTest
    static final ArchRule CUDA_BACKEND = sees("cuda", "kernels", "backend", "graph", "tensor");

    @ArchTest
    static final ArchRule KERNELS = sees("kernels");

    @ArchTest
    static final ArchRule ONE_PACKAGE_CALLS_JCUDA = noClasses()
        .that().resideInAPackage("dev.lamina..").and().resideOutsideOfPackage("dev.lamina.cuda.api..")
        .should().dependOnClassesThat().resideInAPackage("jcuda..")
        .because("every call is checked there, and bindings can be exchanged");

    @ArchTest
    static final ArchRule FINDING_CUDA_KNOWS_NOTHING_OF_USING_IT = noClasses()
        .that().resideInAPackage("dev.lamina.cuda.libraries..")
        .should().dependOnClassesThat().resideInAnyPackage(
            "dev.lamina.cuda.api..", "dev.lamina.cuda.kernels..", "dev.lamina.cuda.lowering..");

    @ArchTest
    static final ArchRule CALLING_CUDA_KNOWS_NOTHING_OF_GRAPHS = noClasses()
        .that().resideInAPackage("dev.lamina.cuda.api..")
        .should().dependOnClassesThat().resideInAnyPackage(
            "dev.lamina.graph..", "dev.lamina.cuda.kernels..", "dev.lamina.cuda.lowering..");

    @ArchTest
    static final ArchRule CORE_SEES_NO_BACKEND_AND_NO_SAMPLE = noClasses()
        .that().resideInAPackage("dev.lamina..").and().resideOutsideOfPackages(
            "dev.lamina.cpu..", "dev.lamina.cuda..", "dev.lamina.kernels..", "dev.lamina.samples..")
        .should().dependOnClassesThat().resideInAnyPackage(
            "dev.lamina.cpu..", "dev.lamina.cuda..", "dev.lamina.kernels..", "dev.lamina.samples..")
        .because("core finds backends with ServiceLoader")
        .allowEmptyShould(true);

    @ArchTest
    static final ArchRule LIBRARIES_DO_NOT_PRINT = noClasses()
        .that().resideInAPackage("dev.lamina..").and().resideOutsideOfPackage("dev.lamina.samples..")
        .should(ACCESS_STANDARD_STREAMS)
        .because("a library logs with SLF4J, or writes to a stream that the caller gives")
        .allowEmptyShould(true);

    @ArchTest
    static final ArchRule LIBRARIES_LOG_WITH_SLF4J = noClasses()
        .that().resideInAPackage("dev.lamina..").and().resideOutsideOfPackage("dev.lamina.samples..")
        .should(USE_JAVA_UTIL_LOGGING)
        .because("there is one log")
        .allowEmptyShould(true);

    @ArchTest
    static final ArchRule OPTIONS_ARE_READ = fields()
        .that().areAnnotatedWith(CommandLine.Option.class).or().areAnnotatedWith(CommandLine.Parameters.class)
        .or().areAnnotatedWith(CommandLine.Mixin.class)
        .should(new ArchCondition<>("be read") {
            @Override
            public void check(JavaField field, ConditionEvents events) {
                boolean read = field.getAccessesToSelf().stream().anyMatch(a -> a.getAccessType() == JavaFieldAccess.AccessType.GET);
                events.add(new SimpleConditionEvent(field, read, field.getFullName() + " is never read"));
            }
        })
        .because("an option that is accepted and ignored misleads");
}
