package dev.lamina.vision.voc;

import dev.lamina.data.DataException;
import dev.lamina.data.ImageTree;
import dev.lamina.io.CorruptFileException;
import dev.lamina.io.Image;
import dev.lamina.io.ImageFile;
import dev.lamina.vision.Box;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A data set in the layout of PASCAL VOC, in a folder or a zip archive: {@code Annotations/NAME.xml}, {@code JPEGImages/NAME.jpg} (or
 * {@code .jpeg}, {@code .png}, {@code .webp}) and lists of names {@code ImageSets/Main/LIST.txt}, below any folders. All annotations are
 * read when it is opened, images when they are asked for. Immutable and thread-safe.
 *
 * <p>Boxes without area or outside the image are left out, boxes that reach out of it are cut, both with a report ({@link VocProblem}).
 */
public final class VocFolder implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(VocFolder.class);
    private static final String ANNOTATIONS = "Annotations";
    private static final String IMAGES = "JPEGImages";
    private static final String LISTS = "ImageSets/Main";
    private static final List<String> ENDINGS = List.of(".jpg", ".jpeg", ".png", ".webp", ".JPG", ".JPEG", ".PNG");

    private final Path path;
    private final ImageTree tree;
    private final Map<String, VocAnnotation> annotations = new TreeMap<>();
    private final Map<String, String> images = new HashMap<>();
    private final Map<String, String> lists = new TreeMap<>();
    private final List<String> classNames;

    private VocFolder(Path path, ImageTree tree, List<String> classNames) throws IOException {
        this.path = path;
        this.tree = tree;
        index(base());
        for (VocAnnotation annotation : annotations.values()) {
            requireKnown(annotation, classNames);
        }
        this.classNames = classNames.isEmpty() ? List.copyOf(found()) : List.copyOf(classNames);
    }

    /**
     * Opens a data set; its classes are the names that its annotations use, sorted.
     *
     * @param root a folder or a zip archive
     * @throws DataException if the layout is another
     * @throws CorruptFileException if an annotation breaks its format's rules
     */
    public static VocFolder open(Path root) throws IOException {
        return open(root, List.of());
    }

    /**
     * Opens a data set.
     *
     * @param classNames in the order of labels; an object of another class is an error
     * @throws IllegalArgumentException if a class is named twice
     */
    public static VocFolder open(Path root, List<String> classNames) throws IOException {
        if (classNames.stream().distinct().count() < classNames.size()) {
            throw new IllegalArgumentException("voc: classes " + classNames + " name one twice.");
        }
        ImageTree tree = ImageTree.open(root);
        try {
            return new VocFolder(root, tree, classNames);
        } catch (IOException | RuntimeException e) {
            tree.close();
            throw e;
        }
    }

    private DataException error(String message) {
        return new DataException("voc \"" + path.getFileName() + "\": " + message);
    }

    /** What stands before the three folders' names. */
    private String base() throws DataException {
        Set<String> folders = new TreeSet<>(tree.folders());
        List<String> bases = folders.stream().filter(f -> f.equals(ANNOTATIONS) || f.endsWith("/" + ANNOTATIONS))
                .map(f -> f.substring(0, f.length() - ANNOTATIONS.length()))
                .filter(f -> folders.contains(f + IMAGES) && folders.contains(f + LISTS)).toList();
        if (bases.isEmpty()) {
            throw error("holds no folder with " + ANNOTATIONS + "/, " + IMAGES + "/ and " + LISTS + "/. Name one in PASCAL VOC's layout.");
        }
        if (bases.size() > 1) {
            throw error("holds " + bases.size() + " data sets: " + String.join(", ", bases) + ". Name one of them.");
        }
        return bases.getFirst();
    }

    private void index(String base) throws IOException {
        List<String> paths = tree.files().stream().map(ImageTree.Item::path).filter(p -> p.startsWith(base)).sorted().toList();
        for (String file : paths) {
            String inside = file.substring(base.length());
            int slash = inside.lastIndexOf('/');
            String folder = slash < 0 ? "" : inside.substring(0, slash);
            String name = inside.substring(slash + 1);
            if (folder.equals(ANNOTATIONS) && name.endsWith(".xml")) {
                annotations.put(stem(name), VocXml.parse(name, tree.read(file)));
            } else if (folder.equals(LISTS) && name.endsWith(".txt")) {
                lists.put(stem(name), file);
            } else if (folder.equals(IMAGES) && ENDINGS.stream().anyMatch(name::endsWith)) {
                String twin = images.put(stem(name), file);
                if (twin != null) {
                    throw error("has two images of one name, " + twin + " and " + file + ". Delete one.");
                }
            }
        }
    }

    private static String stem(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }

    private Set<String> found() {
        Set<String> names = new TreeSet<>();
        annotations.values().forEach(a -> a.objects().forEach(o -> names.add(o.className())));
        return names;
    }

    private void requireKnown(VocAnnotation annotation, List<String> known) throws DataException {
        for (VocAnnotation.Item object : annotation.objects()) {
            if (!known.isEmpty() && !known.contains(object.className())) {
                throw error(annotation.file() + " has an object of class \"" + VocXml.brief(object.className()) + "\", the classes are "
                        + String.join(", ", known) + ". Name all classes, or none to take those that are there.");
            }
        }
    }

    /** Classes in order of labels. */
    public List<String> classNames() {
        return classNames;
    }

    /** Names of the lists, sorted. */
    public List<String> sets() {
        return List.copyOf(lists.keySet());
    }

    /**
     * The images of a list.
     *
     * @param name such as {@code train}
     * @throws DataException if there is no such list, it is empty or names an image twice, or an image or annotation is missing
     */
    public VocSet set(String name) throws IOException {
        String file = lists.get(name);
        if (file == null) {
            throw error("has no list \"" + name + "\", there are " + String.join(", ", lists.keySet()) + ".");
        }
        List<VocImage> members = new ArrayList<>();
        List<VocProblem> problems = new ArrayList<>();
        for (String member : members(name, file)) {
            members.add(image(member, annotations.get(member), problems));
        }
        VocSet set = new VocSet(name, classNames, members, problems);
        if (!problems.isEmpty()) {
            LOG.warn("voc \"{}\": {}: {}", path.getFileName(), name, set.problemText());
        }
        return set;
    }

    private Set<String> members(String name, String file) throws IOException {
        Set<String> members = new LinkedHashSet<>();
        List<String> missing = new ArrayList<>();
        for (String line : new String(tree.read(file), StandardCharsets.UTF_8).lines().map(String::strip).toList()) {
            if (line.isEmpty()) {
                continue;
            }
            if (!members.add(line)) {
                throw error("list \"" + name + "\" names " + VocXml.brief(line) + " twice. Delete one line.");
            }
            if (!images.containsKey(line) || !annotations.containsKey(line)) {
                missing.add(line);
            }
        }
        if (members.isEmpty()) {
            throw error("list \"" + name + "\" is empty.");
        }
        if (!missing.isEmpty()) {
            String first = missing.getFirst();
            String lacks = annotations.containsKey(first) ? IMAGES + "/" + first + ".jpg" : ANNOTATIONS + "/" + first + ".xml";
            String hint = first.contains(" ") ? "Is it the list of one class, with a second column? Take a list of names alone."
                    : "Add what is missing, or take the name out of the list.";
            throw error("list \"" + name + "\": there is no " + VocXml.brief(lacks) + "; " + missing.size() + " of " + members.size()
                    + " names lack an image or an annotation. " + hint);
        }
        return members;
    }

    private VocImage image(String name, VocAnnotation annotation, List<VocProblem> problems) {
        List<VocObject> objects = new ArrayList<>();
        for (VocAnnotation.Item item : annotation.objects()) {
            Optional<VocProblem.Kind> problem = Optional.empty();
            Optional<Box> inside = Optional.empty();
            if (item.xmax() <= item.xmin() || item.ymax() <= item.ymin()) {
                problem = Optional.of(VocProblem.Kind.NO_AREA);
            } else {
                Box box = new Box(item.xmin() - 1, item.ymin() - 1, item.xmax() - 1, item.ymax() - 1);
                inside = box.clip(annotation.width(), annotation.height(), Box.Extent.INCLUSIVE);
                problem = inside.isEmpty() ? Optional.of(VocProblem.Kind.OUTSIDE)
                        : inside.get().equals(box) ? Optional.empty() : Optional.of(VocProblem.Kind.CUT);
            }
            problem.ifPresent(kind -> problems.add(new VocProblem(annotation.file(), item.className(), kind,
                    item.xmin() + ", " + item.ymin() + ", " + item.xmax() + ", " + item.ymax())));
            inside.ifPresent(box -> objects.add(
                    new VocObject(classNames.indexOf(item.className()), box, item.difficult(), item.truncated())));
        }
        return new VocImage(name, images.get(name), annotation.width(), annotation.height(), objects);
    }

    /**
     * The pixels of an image, in one channel or three as the file has them.
     *
     * @throws CorruptFileException if it cannot be decoded
     * @throws DataException if its size is not the annotation's
     */
    public Image read(VocImage image) throws IOException {
        Image pixels = ImageFile.decode(image.path(), tree.read(image.path()), ImageFile.MAX_PIXELS);
        if (pixels.width() != image.width() || pixels.height() != image.height()) {
            throw error(image.path() + " is " + pixels.width() + " x " + pixels.height() + ", its annotation says " + image.width() + " x "
                    + image.height() + ": the boxes are of another image. Correct <size>, or annotate it anew.");
        }
        return pixels;
    }

    @Override
    public void close() throws IOException {
        tree.close();
    }
}
