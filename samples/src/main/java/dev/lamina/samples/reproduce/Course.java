package dev.lamina.samples.reproduce;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All rows of the course. A new row is one record in its section's file; a new section is one line here. */
public final class Course {
    private Course() { }

    /** All rows, section by section. */
    public static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.addAll(SectionOne.rows());
        rows.addAll(SectionThree.rows());
        rows.addAll(SectionFour.rows());
        rows.addAll(SectionFive.rows());
        Set<String> keys = new HashSet<>();
        rows.forEach(r -> {
            if (!keys.add(r.key())) {
                throw new IllegalStateException("course: two rows are named \"" + r.key() + "\"");
            }
        });
        return List.copyOf(rows);
    }
}
