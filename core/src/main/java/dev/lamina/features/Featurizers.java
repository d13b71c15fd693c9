package dev.lamina.features;

import dev.lamina.features.kernel.HomogeneousMap;
import dev.lamina.features.linear.Lda;
import dev.lamina.features.linear.Pca;
import dev.lamina.features.words.BagOfWords;
import dev.lamina.features.words.SpatialPyramid;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Featurisers by name. A text is {@code KIND} or {@code KIND:NAME=VALUE,NAME=VALUE}; several with {@code +} between them are a chain, in
 * which each takes the vectors of the one before: {@code spm:levels=2,root=true+standardize:deviation=false,scale=10}.
 */
public final class Featurizers {
    private static final List<String> KINDS =
            List.of("raw", "rawxy", "standardize", "pca", "lda", "filterbank", "bow", "spm", "homkermap", "cnn");

    private Featurizers() { }

    /** Names of kinds. */
    public static List<String> kinds() {
        return KINDS;
    }

    /**
     * The featuriser of a text.
     *
     * @throws IllegalArgumentException if a kind or an option is unknown, or a value out of range
     */
    public static Featurizer parse(String text) {
        List<Featurizer> parts = Arrays.stream(text.split("\\+")).map(Featurizers::single).toList();
        return parts.size() == 1 ? parts.getFirst() : new Chain(parts);
    }

    private static Featurizer single(String text) {
        int colon = text.indexOf(':');
        String kind = (colon < 0 ? text : text.substring(0, colon)).strip();
        OptionText options = new OptionText(kind, colon < 0 ? "" : text.substring(colon + 1));
        return options.end(switch (kind) {
            case "raw" -> RawPixels.parse(options);
            case "rawxy" -> new RawPixelsXY();
            case "standardize" -> Standardize.parse(options);
            case "pca" -> Pca.parse(options);
            case "lda" -> Lda.parse(options);
            case "filterbank" -> new FilterBank();
            case "bow" -> BagOfWords.parse(options);
            case "spm" -> SpatialPyramid.parse(options);
            case "homkermap" -> HomogeneousMap.parse(options);
            case "cnn" -> CnnFeatures.parse(options);
            default -> throw new IllegalArgumentException(
                    "features \"" + kind + "\" is unknown; known are " + String.join(", ", KINDS) + ".");
        });
    }

    static String text(Featurizer featurizer) {
        if (featurizer instanceof Chain chain) {
            return chain.parts().stream().map(Featurizer::text).collect(Collectors.joining("+"));
        }
        Map<String, String> options = featurizer.options();
        return options.isEmpty() ? featurizer.kind() : featurizer.kind() + ":" + options.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
    }
}
