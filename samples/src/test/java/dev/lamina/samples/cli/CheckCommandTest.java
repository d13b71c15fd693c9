package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.backend.Backend;
import dev.lamina.junit.BackendTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;

/** {@code lamina check} as users call it. */
class CheckCommandTest {
    @TempDir
    private Path dir;

    private Outcome check(String... more) {
        return Outcome.of(Outcome.join(new String[] {"check", "--batch", "2", "--json", dir.resolve("c.json").toString(),
            "--html", dir.resolve("c.html").toString(), "--junit", dir.resolve("c.xml").toString()}, more));
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(dir.resolve("c.json").toFile());
    }

    /** The reference beside a backend; alone if it is that backend. */
    private static String sides(Backend backend) {
        return backend.name().equals("reference") ? "reference" : "reference," + backend.name();
    }

    private Element suites() throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(dir.resolve("c.xml").toFile()).getDocumentElement();
    }

    @BackendTest
    void aBackendThatIsRightAgreesAndAllFilesSaySo(Backend backend) throws Exception {
        Outcome outcome = check("--model", "mlp", "--input", "1,8,8", "--backends", sides(backend), "--steps", "2", "--repeat", "2");
        assertEquals(0, outcome.exit(), outcome.out() + outcome.err());
        assertTrue(outcome.out().contains("data: digits, brought from [1, 28, 28] to [1, 8, 8]"), outcome.out());
        String last = outcome.out().lines().toList().getLast();
        String pair = backend.name().equals("reference") ? "reference agrees with float64: " : backend.name() + " agrees with reference: ";
        assertTrue(last.startsWith(pair) && last.endsWith(" of its tolerance"), last);
        JsonNode json = json();
        assertTrue(json.get("agrees").booleanValue());
        assertTrue(json.get("first_divergent").isNull());
        assertEquals(2, json.get("steps").intValue());
        assertTrue(json.get("nodes").size() > 40, "nodes: " + json.get("nodes").size());
        assertEquals(backend.name().equals("reference") ? 0 : 2, json.get("drift").size());
        assertEquals(backend.name(), json.get("repeats").get(json.get("repeats").size() - 1).get("side").textValue());
        assertEquals(0, suites().getElementsByTagName("failure").getLength());
        assertTrue(suites().getElementsByTagName("testcase").getLength() >= json.get("nodes").size());
    }

    @BackendTest
    void aPlantedFaultIsFoundAndNamedInAllFiles(Backend backend) throws Exception {
        Outcome outcome = check("--model", "lenet", "--input", "1,12,12", "--backends", sides(backend), "--inject",
                "conv2:wrong-stride@" + backend.name());
        assertEquals(1, outcome.exit(), outcome.out() + outcome.err());
        assertTrue(outcome.out().contains(backend.name() + ": conv2d \"conv2\" is the first that fails"), outcome.out());
        JsonNode first = json().get("first_divergent");
        assertEquals("conv2", first.get("node").textValue());
        assertEquals(backend.name(), first.get("side").textValue());
        assertFalse(json().get("agrees").booleanValue());
        assertTrue(Files.readString(dir.resolve("c.html")).contains("first divergent: conv2"));
        Element failure = (Element) suites().getElementsByTagName("failure").item(0);
        assertTrue(failure.getAttribute("message").startsWith("conv2d \"conv2\" on " + backend.name()), failure.getAttribute("message"));
    }

    @Test
    void bisectingTriesTheSwitchesAndSaysWhatCameOfIt() throws IOException {
        Outcome outcome = check("--model", "linear", "--backends", "reference", "--inject", "fc:negated", "--bisect");
        assertEquals(1, outcome.exit(), outcome.err());
        assertTrue(outcome.out().contains("reference: no single switch makes it agree"), outcome.out());
        JsonNode trials = json().at("/bisects/0/trials");
        assertEquals("as given", trials.get(0).get("change").textValue());
        assertTrue(trials.size() > 5, trials.toString());
    }

    @Test
    void aRunBringsItsWeightsAndSettings() throws IOException {
        Path run = dir.resolve("run");
        assertEquals(0, Outcome.of("train", "--backend", "reference", "--model", "linear", "--train-limit", "100", "--epochs", "1",
                "--out", run.toString()).exit());
        Path file = dir.resolve("run.json");
        Outcome outcome = Outcome.of("check", "--run", run.toString(), "--backends", "reference", "--batch", "2", "--json",
                file.toString());
        assertEquals(0, outcome.exit(), outcome.err());
        assertTrue(outcome.out().contains("weights: of " + run + " after 2 steps"), outcome.out());
        assertTrue(outcome.out().contains("optimizer: adam, learning rate 0.001"), outcome.out());
        assertTrue(outcome.out().contains("precision: tf32"), outcome.out());
        assertEquals("linear, training step", new ObjectMapper().readTree(file.toFile()).get("subject").textValue());
    }

    @BackendTest
    void theStepOfARunIsThatOfItsRules(Backend backend) {
        Path run = dir.resolve("run");
        assertEquals(0, Outcome.of("train", "--backend", "reference", "--model", "linear", "--train-limit", "60", "--epochs", "1",
                "--batch-size", "10", "--optimizer", "momentum", "--momentum-form", "rate-inside", "--weight-decay", "0.001", "--no-decay",
                "norm-bias", "--accumulate", "3", "--class-weights", "balanced", "--augment", "mixup:0.2", "--out", run.toString()).exit());
        Outcome outcome = check("--run", run.toString(), "--backends", sides(backend), "--steps", "2", "--all");
        assertEquals(0, outcome.exit(), outcome.out() + outcome.err());
        assertTrue(outcome.out().contains("step: weight decay 0.001, not of biases and norms, the rate inside the momentum, "
                + "3 batches gathered, the first 2 by the reference, classes weighed, labels mixed"), outcome.out());
        Outcome other = check("--run", run.toString(), "--backends", sides(backend), "--optimizer", "adam");
        assertEquals(0, other.exit(), other.out() + other.err());
        assertFalse(other.out().contains("the rate inside"), other.out());
        assertEquals(0, check("--run", run.toString(), "--backends", sides(backend), "--loss").exit());
    }

    @BackendTest
    void aMachinesStepCanBeChecked(Backend backend) {
        Path run = dir.resolve("rbm");
        assertEquals(0, Outcome.of("rbm", "train", "--backend", "reference", "--train-limit", "40", "--batch-size", "20", "--epochs", "1",
                "--hidden", "6", "--persistent", "--unit", "nrelu", "--out", run.toString()).exit());
        Outcome outcome = check("--run", run.toString(), "--backends", sides(backend), "--steps", "2", "--inject",
                "ema:nan@" + backend.name());
        assertEquals(2, outcome.exit(), outcome.out());
        assertTrue(outcome.err().contains("the graph has no node \"ema\""), outcome.err());
        outcome = check("--run", run.toString(), "--backends", sides(backend), "--steps", "2", "--all");
        assertEquals(0, outcome.exit(), outcome.out() + outcome.err());
        assertTrue(outcome.out().contains("randomNormal"), outcome.out());
        assertTrue(outcome.out().contains("machine: 784 BINARY visible, 6 NRELU hidden units"), outcome.out());
    }

    @BackendTest
    void aFeaturisersTransformationCanBeChecked(Backend backend) {
        String file = dir.resolve("pca.safetensors").toString();
        assertEquals(0, Outcome.of("features", "fit", "--kind", "pca:k=5,whiten=true", "--backend", "reference", "--train-limit", "60",
                "--out", file).exit());
        Outcome outcome = check("--features", file, "--backends", sides(backend));
        assertEquals(0, outcome.exit(), outcome.out() + outcome.err());
        assertTrue(outcome.out().contains("matmul"), outcome.out());
        assertTrue(check("--features", file, "--model", "mlp").err().contains("brings its model, input shape and classes"));
    }

    @Test
    void aRunOnFeaturesIsCheckedOnItsVectors() {
        Path run = dir.resolve("run");
        assertEquals(0, Outcome.of("train", "--backend", "reference", "--model", "mlp", "--hidden", "7", "--features", "pca:k=5",
                "--train-limit", "100", "--epochs", "1", "--out", run.toString()).exit());
        Outcome outcome = check("--run", run.toString(), "--backends", "reference", "--all");
        assertEquals(0, outcome.exit(), outcome.out() + outcome.err());
        assertTrue(outcome.out().contains("model: mlp (activation=relu,hidden=7), input [5, 1, 1], 10 classes"), outcome.out());
        assertTrue(outcome.out().contains("[2, 7]"), outcome.out());
    }

    @Test
    void forwardPassAndLossCanBeCheckedAlone() throws IOException {
        Outcome outcome = check("--model", "linear", "--classes", "3", "--backends", "reference", "--loss");
        assertEquals(0, outcome.exit(), outcome.err());
        assertTrue(outcome.out().contains("data: drawn numbers, since digits has 10 classes and the model 3"), outcome.out());
        assertEquals("linear, loss", json().get("subject").textValue());
        for (JsonNode node : json().get("nodes")) {
            assertFalse(node.get("name").textValue().startsWith("grad/"), node.toString());
        }
    }

    @Test
    void tableIsShortUnlessAllIsAskedFor() {
        long some = check("--model", "linear", "--backends", "reference").out().lines().filter(l -> l.startsWith("agrees")).count();
        long all = check("--model", "linear", "--backends", "reference", "--all").out().lines().filter(l -> l.startsWith("agrees")).count();
        assertEquals(20, some);
        assertTrue(all > 20, "rows: " + all);
    }

    @Test
    void withoutNamesAllAvailableBackendsTakePartAndTheOthersAreNamed() throws IOException {
        Outcome outcome = check("--model", "linear");
        assertEquals(0, outcome.exit(), outcome.err());
        JsonNode json = json();
        assertEquals("reference", json.get("backends").get(0).textValue());
        json.get("not_checked").fieldNames().forEachRemaining(
                name -> assertTrue(outcome.out().contains("without " + name + ": "), outcome.out()));
        assertEquals(3, json.get("backends").size() + json.get("not_checked").size(), json.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            check --model lenot                                          | model "lenot" is unknown
            check --backends tpu                                         | backend "tpu" is unknown; known are auto, cuda, cpu, reference.
            check --backends reference,reference                         | names one twice; each can be one side.
            check --model linear --backends reference --inject fc9:nan   | the graph has no node "fc9"
            check --model linear --backends reference --inject fc:rust   | fault "rust" is unknown; known are nan,
            check --model linear --backends reference --inject fc:nan@x  | names backend "x", which is none of the sides reference.
            check --model linear --backends reference --repeat 1         | check: --repeat 1, needs >= 2 runs to compare.
            check --model linear --steps 0                               | check: --steps 0, needs >= 1.
            check --model linear --batch 0                               | trainConfig: batchSize = 0, needs >= 1.
            check --input 28,28                                          | check: --input has 2 numbers, needs C,H,W, e.g. 3,32,32.
            check --data digits --classes 3                              | data "digits" has 10 classes, the model 3.
            check --run no/such/run                                      | run folder "no/such/run"
            check --run no/such/run --precision fp16                     | precision "fp16" is unknown
            """)
    void wrongUseIsExplainedAndIsNoDivergence(String args, String message) {
        Outcome outcome = Outcome.of(args.strip().split("\\s+"));
        assertEquals(2, outcome.exit(), outcome.err());
        assertTrue(outcome.err().contains(message), outcome.err());
    }
}
