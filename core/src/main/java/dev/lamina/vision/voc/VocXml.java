package dev.lamina.vision.voc;

import dev.lamina.io.CorruptFileException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * Reads annotation files. Document type declarations are refused, and with them all entities, so that a file can neither fetch nor inflate
 * anything. Stateless and thread-safe.
 */
final class VocXml {
    /** Bytes of the largest annotation that is read; VOC's largest has about 30 thousand. */
    static final int MOST_BYTES = 4 << 20;

    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,9}(\\.\\d{0,18})?");
    private static final Pattern COUNT = Pattern.compile("\\d{1,9}");
    private static final int LONGEST = 100;

    private VocXml() { }

    /**
     * Reads an annotation.
     *
     * @param file for messages
     * @throws CorruptFileException if this is no XML, or an element is missing or holds what it should not
     */
    static VocAnnotation parse(String file, byte[] bytes) throws CorruptFileException {
        if (bytes.length > MOST_BYTES) {
            throw new CorruptFileException(file + ": has " + bytes.length + " bytes, more than the " + MOST_BYTES
                    + " that an annotation may have.");
        }
        Element root = root(file, bytes);
        if (!root.getTagName().equals("annotation")) {
            throw new CorruptFileException(file + ": the outermost element is <" + brief(root.getTagName())
                    + ">, needs <annotation>. Is it an annotation of PASCAL VOC?");
        }
        Element size = child(file, root, "size");
        List<VocAnnotation.Item> objects = new ArrayList<>();
        for (Element object : children(root, "object")) {
            objects.add(object(file, object));
        }
        return new VocAnnotation(file, extent(file, size, "width"), extent(file, size, "height"), List.copyOf(objects));
    }

    private static Element root(String file, byte[] bytes) throws CorruptFileException {
        try {
            DocumentBuilder builder = factory().newDocumentBuilder();
            builder.setErrorHandler(new Strict());
            return builder.parse(new ByteArrayInputStream(bytes)).getDocumentElement();
        } catch (SAXParseException e) {
            throw new CorruptFileException(file + ": is not the XML of an annotation, line " + e.getLineNumber() + ", column "
                    + e.getColumnNumber() + ": " + reason(e) + ".", e);
        } catch (SAXException | IOException e) {
            throw new CorruptFileException(file + ": is not the XML of an annotation: " + reason(e) + ".", e);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK's XML parser lacks a switch for safe reading: " + e.getMessage(), e);
        }
    }

    private static DocumentBuilderFactory factory() throws ParserConfigurationException {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
        factory.setXIncludeAware(false);
        factory.setExpandEntityReferences(false);
        return factory;
    }

    /** Without a handler the parser writes to the standard error stream. */
    private static final class Strict implements ErrorHandler {
        @Override
        public void warning(SAXParseException e) { }

        @Override
        public void error(SAXParseException e) throws SAXException {
            throw e;
        }

        @Override
        public void fatalError(SAXParseException e) throws SAXException {
            throw e;
        }
    }

    private static VocAnnotation.Item object(String file, Element object) throws CorruptFileException {
        String name = text(file, object, "name");
        if (name.isEmpty()) {
            throw new CorruptFileException(file + ": an object has an empty <name>, needs its class.");
        }
        Element box = child(file, object, "bndbox");
        return new VocAnnotation.Item(name, number(file, box, "xmin"), number(file, box, "ymin"), number(file, box, "xmax"),
                number(file, box, "ymax"), flag(file, object, "difficult"), flag(file, object, "truncated"));
    }

    private static int extent(String file, Element size, String name) throws CorruptFileException {
        String text = text(file, size, name);
        if (!COUNT.matcher(text).matches() || Integer.parseInt(text) < 1) {
            throw new CorruptFileException(file + ": <" + name + "> of <size> is \"" + brief(text) + "\", needs a whole number >= 1.");
        }
        return Integer.parseInt(text);
    }

    private static double number(String file, Element box, String name) throws CorruptFileException {
        String text = text(file, box, name);
        if (!NUMBER.matcher(text).matches()) {
            throw new CorruptFileException(file + ": <" + name + "> of <bndbox> is \"" + brief(text) + "\", needs a number of pixels.");
        }
        return Double.parseDouble(text);
    }

    private static boolean flag(String file, Element object, String name) throws CorruptFileException {
        if (children(object, name).isEmpty()) {
            return false;
        }
        String text = text(file, object, name);
        if (!text.equals("0") && !text.equals("1")) {
            throw new CorruptFileException(file + ": <" + name + "> of <object> is \"" + brief(text) + "\", needs 0 or 1.");
        }
        return text.equals("1");
    }

    private static String text(String file, Element parent, String name) throws CorruptFileException {
        return child(file, parent, name).getTextContent().strip();
    }

    private static Element child(String file, Element parent, String name) throws CorruptFileException {
        List<Element> found = children(parent, name);
        if (found.size() != 1) {
            throw new CorruptFileException(file + ": <" + parent.getTagName() + "> has " + found.size() + " elements <" + name
                    + ">, needs one.");
        }
        return found.getFirst();
    }

    /** Direct children only: parts of a person have names and boxes too. */
    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }

    private static String reason(Exception e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : brief(message.strip().replaceFirst("[.!]+$", ""));
    }

    /** Text out of a file, for a message. */
    static String brief(String text) {
        String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }
}
