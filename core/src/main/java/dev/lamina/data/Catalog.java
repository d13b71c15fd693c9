package dev.lamina.data;

import dev.lamina.data.CatalogEntry.Format;
import dev.lamina.data.CatalogEntry.Remote;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The data sets known by name that consist of files, with public addresses and checksums. Immutable and thread-safe. */
final class Catalog {
    private static final List<String> IDX_TRAIN = List.of("train-images-idx3-ubyte", "train-labels-idx1-ubyte");
    private static final List<String> IDX_TEST = List.of("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte");
    private static final String TORONTO = "https://www.cs.toronto.edu/~kriz/";

    private static final List<String> FASHION = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");
    private static final List<String> CIFAR10 = words("airplane automobile bird cat deer dog frog horse ship truck");
    private static final List<String> FLOWERS = words("daisy dandelion rose sunflower tulip");
    private static final List<String> CIFAR100 = words("""
            apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle caterpillar
            cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish forest fox girl
            hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain mouse mushroom
            oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road
            rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank
            telephone television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm""");

    static final List<CatalogEntry> ENTRIES = List.of(
            new CatalogEntry("mnist", "MNIST handwritten digits, 28x28 grey", "mnist", Format.IDX, Shape.of(1, 28, 28), 60_000, 10_000,
                    Digits.CLASS_NAMES, IDX_TRAIN, IDX_TEST, null, idx(
                            List.of("https://ossci-datasets.s3.amazonaws.com/mnist/",
                                    "https://storage.googleapis.com/cvdf-datasets/mnist/"),
                            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2")),
            new CatalogEntry("fashion-mnist", "Fashion-MNIST clothes by Zalando, 28x28 grey", "fashion-mnist", Format.IDX,
                    Shape.of(1, 28, 28), 60_000, 10_000, FASHION, IDX_TRAIN, IDX_TEST, null, idx(
                            List.of("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
                            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34")),
            new CatalogEntry("cifar10", "CIFAR-10 photographs of 10 kinds, 32x32 RGB", "cifar10", Format.CIFAR10, Shape.of(3, 32, 32),
                    50_000, 10_000, CIFAR10, IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_" + i + ".bin").toList(),
                    List.of("test_batch.bin"), "cifar-10-binary.tar.gz", List.of(new Remote("cifar-10-binary.tar.gz", List.of(TORONTO),
                            Checksum.md5("c32a1d4ab5d03f1284b67883e8d87530")))),
            new CatalogEntry("cifar10-part", "the first 4,000 + 1,000 images of CIFAR-10, 32x32 RGB", "cifar10", Format.CIFAR10,
                    Shape.of(3, 32, 32), 4_000, 1_000, CIFAR10, List.of("train_first4000.bin"), List.of("test_first1000.bin"), null,
                    List.of()),
            new CatalogEntry("cifar100", "CIFAR-100 photographs of 100 kinds, 32x32 RGB", "cifar100", Format.CIFAR100,
                    Shape.of(3, 32, 32), 50_000, 10_000, CIFAR100, List.of("train.bin"), List.of("test.bin"), "cifar-100-binary.tar.gz",
                    List.of(new Remote("cifar-100-binary.tar.gz", List.of(TORONTO), Checksum.md5("03b5dce01913d631647c71ecec9e9cb8")))),
            new CatalogEntry("optdigits", "UCI optical digits, 8x8 grey; the levels 0..16 are stored as 0..240 in steps of 15", "optdigits",
                    Format.OPTDIGITS, Shape.of(1, 8, 8), 3_823, 1_797, Digits.CLASS_NAMES, List.of("optdigits.tra"),
                    List.of("optdigits.tes"), null, List.of(
                            optdigits("optdigits.tra", "e1b683cc211604fe8fd8c4417e6a69f31380e0c61d4af22e93cc21e9257ffedd"),
                            optdigits("optdigits.tes", "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"))),
            new CatalogEntry("cifar10-jpg", "15,000 + 10,000 images of CIFAR-10 as JPEG, 32x32 RGB", "cifar10", Format.IMAGES,
                    Shape.of(3, 32, 32), 15_000, 10_000, CIFAR10, List.of("cifar10-jpg.zip"), List.of(), null, List.of()),
            new CatalogEntry("flowers", "4,317 photographs of flowers of 5 kinds, 128x128 RGB; a fifth of each kind is held out",
                    "flowers128",
                    Format.IMAGES, Shape.of(3, 128, 128), 3_453, 864, FLOWERS, List.of("flowers.zip"), List.of(), null, List.of()));

    private Catalog() { }

    private static List<String> words(String text) {
        return List.of(text.strip().split("\\s+"));
    }

    /** The four files of an IDX set: training images and labels, test images and labels, with the SHA-256 of their content. */
    private static List<Remote> idx(List<String> bases, String... sums) {
        List<Remote> files = new ArrayList<>();
        for (int i = 0; i < sums.length; i++) {
            String file = i < 2 ? IDX_TRAIN.get(i) : IDX_TEST.get(i - 2);
            files.add(new Remote(file + ".gz", bases, Checksum.sha256OfContent(sums[i])));
        }
        return List.copyOf(files);
    }

    private static Remote optdigits(String file, String sum) {
        return new Remote(file, List.of("https://archive.ics.uci.edu/ml/machine-learning-databases/optdigits/"), Checksum.sha256(sum));
    }
}
