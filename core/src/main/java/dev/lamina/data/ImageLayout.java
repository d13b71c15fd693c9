package dev.lamina.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Classes and parts of a tree of images, by names alone: {@code <class>/*} or {@code <part>/<class>/*}, below any number of folders that
 * hold nothing but one other. Immutable.
 *
 * @param classNames sorted
 * @param train samples to learn from
 * @param test samples to judge by: of the folders {@code test}, {@code val}, {@code valid}, {@code validation} the first; empty without
 */
record ImageLayout(List<String> classNames, Part train, Optional<Part> test) {
    private static final Logger LOG = LoggerFactory.getLogger(ImageLayout.class);
    private static final String TRAIN = "train";
    private static final List<String> TESTS = List.of("test", "val", "valid", "validation");
    private static final Set<String> ENDINGS = Set.of("jpg", "jpeg", "png", "webp");

    /**
     * Samples. The first of each class come first, then the second ones, and so on, so that the first samples of a part hold all classes.
     *
     * @param name for messages, e.g. {@code train}
     * @param labels to each path its class
     */
    record Part(String name, List<String> paths, int[] labels) { }

    /**
     * Reads the layout off the names.
     *
     * @param name of the data set
     * @throws DataException if there are no classes, or one is empty, or parts differ in their classes
     */
    static ImageLayout of(String name, ImageTree tree) throws DataException {
        Set<String> folders = new TreeSet<>(tree.folders());
        List<String> images = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (ImageTree.Item item : tree.files()) {
            int dot = item.path().lastIndexOf('.');
            (ENDINGS.contains(item.path().substring(dot + 1).toLowerCase(Locale.ROOT)) ? images : others).add(item.path());
        }
        if (!others.isEmpty()) {
            LOG.info("data \"{}\": {} files that are not .jpg, .jpeg, .png or .webp are left aside, for example {}", name, others.size(),
                    others.getFirst());
        }
        if (images.isEmpty()) {
            throw new DataException("data \"" + name + "\": holds no image (.jpg, .jpeg, .png or .webp). Put the images of each class "
                    + "into a folder of its own: <class>/* or train/<class>/* and test/<class>/*.");
        }
        String root = "";
        for (List<String> below = children(root, folders); below.size() == 1 && !children(below.getFirst() + "/", folders).isEmpty()
                && !simple(below.getFirst()).equals(TRAIN); below = children(root, folders)) {
            root = below.getFirst() + "/";
        }
        return of(name, root, folders, images);
    }

    private static ImageLayout of(String name, String root, Set<String> folders, List<String> images) throws DataException {
        List<String> top = children(root, folders);
        if (top.isEmpty()) {
            throw new DataException("data \"" + name + "\": has images but no class folders. Put the images of each class into a folder "
                    + "of its own: <class>/* or train/<class>/* and test/<class>/*.");
        }
        boolean parts = !children(root + TRAIN + "/", folders).isEmpty();
        Optional<String> judged = TESTS.stream().filter(part -> !children(root + part + "/", folders).isEmpty()).findFirst();
        if (!parts && judged.isPresent()) {
            throw new DataException("data \"" + name + "\": has a folder " + judged.get() + " with classes but none named train. "
                    + "Add train/<class>/*.");
        }
        String first = parts ? root + TRAIN + "/" : root;
        List<String> classes = classes(first, folders);
        if (parts && judged.isPresent()) {
            List<String> tested = classes(root + judged.get() + "/", folders);
            if (!tested.equals(classes)) {
                throw new DataException("data \"" + name + "\": classes of train and " + judged.get() + " differ: only train has "
                        + less(classes, tested) + ", only " + judged.get() + " has " + less(tested, classes)
                        + ". Give both the same class folders.");
            }
        }
        if (classes.size() == 1) {
            throw new DataException("data \"" + name + "\": train has one class, \"" + classes.getFirst()
                    + "\"; telling classes apart needs 2.");
        }
        Part train = part(name, TRAIN, first, classes, images);
        Optional<Part> test = Optional.empty();
        if (parts && judged.isPresent()) {
            test = Optional.of(part(name, judged.get(), root + judged.get() + "/", classes, images));
        }
        requireNoneOutside(name, images, parts ? List.of(first, root + judged.orElse(TRAIN) + "/") : List.of(root), root);
        return new ImageLayout(classes, train, test);
    }

    private static String less(List<String> some, List<String> others) {
        String left = some.stream().filter(s -> !others.contains(s)).map(s -> "\"" + s + "\"").collect(Collectors.joining(", "));
        return left.isEmpty() ? "none" : left;
    }

    /** An image beside the class folders would silently belong to nothing; whole other parts may stay. */
    private static void requireNoneOutside(String name, List<String> images, List<String> parts, String root) throws DataException {
        for (String image : images) {
            boolean loose = image.startsWith(root) && image.indexOf('/', root.length()) < 0
                    || parts.stream().anyMatch(part -> image.startsWith(part) && image.indexOf('/', part.length()) < 0);
            if (loose || !image.startsWith(root)) {
                throw new DataException("data \"" + name + "\": " + image
                        + " lies beside the class folders. Move it into one, or delete it.");
            }
        }
    }

    private static Part part(String name, String partName, String prefix, List<String> classes, List<String> images) throws DataException {
        Map<String, TreeSet<String>> byClass = new TreeMap<>();
        classes.forEach(c -> byClass.put(c, new TreeSet<>()));
        for (String image : images) {
            int slash = image.indexOf('/', prefix.length());
            if (image.startsWith(prefix) && slash > 0) {
                byClass.get(image.substring(prefix.length(), slash)).add(image);
            }
        }
        List<List<String>> members = new ArrayList<>();
        for (String c : classes) {
            if (byClass.get(c).isEmpty()) {
                throw new DataException("data \"" + name + "\": class \"" + c + "\" of " + partName + " has no image. Add some, or delete "
                        + "the folder " + prefix + c + ".");
            }
            members.add(new ArrayList<>(byClass.get(c)));
        }
        List<String> paths = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        int most = members.stream().mapToInt(List::size).max().orElse(0);
        for (int k = 0; k < most; k++) {
            for (int label = 0; label < classes.size(); label++) {
                if (k < members.get(label).size()) {
                    paths.add(members.get(label).get(k));
                    labels.add(label);
                }
            }
        }
        return new Part(partName, List.copyOf(paths), labels.stream().mapToInt(Integer::intValue).toArray());
    }

    private static List<String> classes(String prefix, Set<String> folders) {
        return children(prefix, folders).stream().map(ImageLayout::simple).toList();
    }

    private static String simple(String folder) {
        return folder.substring(folder.lastIndexOf('/') + 1);
    }

    /** Folders directly below a prefix, which is empty or ends with a slash, in sorted order. */
    private static List<String> children(String prefix, Set<String> folders) {
        return folders.stream().filter(f -> f.startsWith(prefix) && f.indexOf('/', prefix.length()) < 0).sorted().toList();
    }
}
