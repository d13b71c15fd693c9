package dev.lamina.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.data.ChannelStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OnnxMetadataTest {
    private static final ChannelStatistics STATISTICS = new ChannelStatistics(List.of(0.1, 0.25), List.of(0.5, 1e-3));

    @Test
    void whatIsWrittenIsFoundAgain() {
        List<String> names = List.of("a \"quoted\" one", "zwölf, 漢");
        Map<String, String> metadata = OnnxMetadata.of("net", names, STATISTICS, false);
        assertEquals(Map.of("classes", "[\"a \\\"quoted\\\" one\",\"zwölf, 漢\"]", "mean", "[0.1,0.25]", "std", "[0.5,0.001]",
                "lamina.model", "net", "lamina.input", "normalised"), metadata);
        assertEquals(Optional.of(names), OnnxMetadata.classNames(metadata, 2));
        assertEquals(Optional.of(STATISTICS), OnnxMetadata.statistics(metadata, 2));
    }

    @Test
    void callersOfPixelModelsNormaliseNothing() {
        assertEquals(Optional.empty(), OnnxMetadata.statistics(OnnxMetadata.of("net", List.of(), STATISTICS, true), 2));
        assertEquals(Optional.empty(), OnnxMetadata.statistics(OnnxMetadata.of("net", List.of(), ChannelStatistics.none(), false), 2));
    }

    @Test
    void metadataOfOtherProgramsAreLeftAside() {
        for (String classes : new String[] {"", "cat,dog", "[\"cat\"]", "{\"0\": \"cat\"}", "[\"cat\", null]", "[1, [2]]"}) {
            assertEquals(Optional.empty(), OnnxMetadata.classNames(Map.of("classes", classes), 2), classes);
        }
        assertEquals(Optional.empty(), OnnxMetadata.statistics(Map.of("mean", "[1, 2]", "std", "[1, 2]"), 2));
        assertEquals(Optional.empty(),
                OnnxMetadata.statistics(Map.of("mean", "[1, 2]", "std", "[1]", "lamina.input", "normalised"), 2));
    }
}
