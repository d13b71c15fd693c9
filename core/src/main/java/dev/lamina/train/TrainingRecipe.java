package dev.lamina.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Published settings of training under a name. Immutable and thread-safe.
 *
 * @param name what users call it by
 * @param summary what it is for, one line
 * @param source where the settings are from
 * @param options values by long option of {@code lamina train}, without the dashes, in order; an option that is given wins over them
 */
public record TrainingRecipe(String name, String summary, String source, Map<String, String> options) {
    private static final List<TrainingRecipe> ALL = List.of(
            of("alexnet-2012", "AlexNet on ImageNet, as in the paper",
                    "Krizhevsky, Sutskever and Hinton 2012, section 5; the rate was cut by hand when the validation error stalled, here "
                            + "after 5 epochs; biases that they started at 1 start at 0.1, as Caffe's replication did",
                    "model=alexnet", "model-option=bias=0.1", "epochs=90", "batch-size=128", "optimizer=momentum",
                    "momentum-form=rate-inside", "lr=0.01",
                    "weight-decay=5e-4", "schedule=plateau:0.1:5", "augment=resize:256+crop+flip+pca:0.1"),
            of("alexnet-caffe", "AlexNet on ImageNet, as Caffe trained it again",
                    "Caffe's model bvlc_alexnet: the rate falls every 100,000 of 450,000 iterations, which are 20 of 90 epochs",
                    "model=alexnet", "model-option=bias=0.1", "epochs=90", "batch-size=256", "optimizer=momentum",
                    "momentum-form=rate-inside", "lr=0.01",
                    "weight-decay=5e-4", "no-decay=norm-bias", "bias-rate=2", "schedule=step:20:0.1",
                    "augment=resize:256+crop+flip"),
            of("vgg", "VGG on ImageNet",
                    "Simonyan and Zisserman 2014, section 3.1; from memory, not checked against the paper; one scale, without its jitter",
                    "model=vgg16", "epochs=74", "batch-size=256", "optimizer=momentum", "lr=0.01", "weight-decay=5e-4",
                    "schedule=plateau:0.1:5", "augment=resize:256+crop+flip"),
            of("resnet-cifar", "residual networks on CIFAR",
                    "He, Zhang, Ren and Sun 2015, section 4.2: 64,000 steps, the rate falls at 32,000 and 48,000",
                    "model=resnet20", "epochs=164", "batch-size=128", "optimizer=momentum", "lr=0.1", "weight-decay=1e-4",
                    "schedule=multistep:50%,75%:0.1", "augment=crop:4+flip"),
            of("resnet-imagenet", "residual networks on ImageNet",
                    "He, Zhang, Ren and Sun 2015, section 3.4; epochs, warm-up, crops and no decay of norms from Goyal et al. "
                            + "2017, section 5.1; biases are spared too",
                    "model=resnet50", "epochs=90", "batch-size=256", "optimizer=momentum", "lr=0.1", "weight-decay=1e-4",
                    "no-decay=norm-bias", "schedule=warmup:5:multistep:25,55,75:0.1", "augment=rrc+flip"),
            of("finetune", "a trained network on few images of other classes; needs --from",
                    "usual practice: a small rate, a larger one for the new head, cosine, the best epoch kept",
                    "epochs=20", "batch-size=32", "optimizer=momentum", "lr=0.001", "weight-decay=1e-4", "new-head=true", "head-lr=10",
                    "schedule=warmup:1:cosine", "keep=best,last", "augment=flip"));

    /** A recipe that copies the options in their order. */
    public TrainingRecipe {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    private static TrainingRecipe of(String name, String summary, String source, String... pairs) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String pair : pairs) {
            options.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        return new TrainingRecipe(name, summary, source, options);
    }

    /** All recipes. */
    public static List<TrainingRecipe> all() {
        return ALL;
    }

    /**
     * The recipe of this name.
     *
     * @throws IllegalArgumentException if there is none; the message lists all names
     */
    public static TrainingRecipe named(String name) {
        return ALL.stream().filter(r -> r.name.equals(name)).findFirst().orElseThrow(() -> new IllegalArgumentException("recipe \"" + name
                + "\" is unknown; known are " + String.join(", ", ALL.stream().map(TrainingRecipe::name).toList()) + "."));
    }
}
