package dev.lamina.samples.inspect;

import dev.lamina.samples.page.Html;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Both networks side by side as one HTML page, which needs nothing but the pictures beside it. Stateless. */
final class InspectPage {
    private static final Map<String, String> MEANINGS = Map.of(
            "Filters", "Weights of a layer. Of a first layer in the colours of its inputs, mid-grey or white for 0; of deeper ones a grey "
                    + "tile for each input channel.",
            "Top patches", "For each feature map the parts of images that its strongest units see, at most one unit an image; outside of "
                    + "the image mid-grey. Beside them the signals of the same units down to the image, each less its mean.",
            "Images one by one", "Saliency: how much each pixel changes the logit of the class, dark for much. Signals of the strongest "
                    + "unit of each layer, less their mean.",
            "Activation maps", "What layers give, each map from its own least value, black, to its own greatest, white; with "
                    + "--shared-scale from the least to the greatest value of the layer.",
            "Occlusion", "What the network says while a grey square covers a part of the image: at each place of the square the "
                    + "probability of the class, the sum of the strongest feature map's positive part, both from white for the least "
                    + "to dark for the greatest, and the class that wins.");

    /** Two equal columns, whatever the pictures' sizes, from the window's left to its right. */
    private static final String PAIR = "<div style=\"display: grid; grid-template-columns: 1fr 1fr; gap: 16px; align-items: start; "
            + "margin: 0 calc(50% - 49vw) 16px;\">";

    private InspectPage() { }

    /** A picture that leads to itself in full size. */
    private static String figure(Findings.Picture picture, String caption) {
        String file = Html.escape(picture.file());
        return "<figure class=\"card\" style=\"max-width: none;\"><figcaption>" + Html.escape(caption) + "</figcaption><a href=\"" + file
                + "\"><img alt=\"" + Html.escape(caption) + "\" src=\"" + file + "\"></a></figure>";
    }

    static String html(Map<String, Object> facts, InspectPlan plan, Map<String, List<String>> notes, Findings trained, Findings random) {
        Html page = new Html("lamina inspect: " + facts.get("model"));
        page.header(true, "Left the network, right the same network with random weights.",
                "What both show comes from the layers' shape and from the images, not from learning.");
        String section = null;
        for (Map.Entry<String, Findings.Picture> entry : trained.pictures().entrySet()) {
            Findings.Picture picture = entry.getValue();
            if (!picture.section().equals(section)) {
                if (section != null) {
                    page.endSection();
                }
                section = picture.section();
                page.section(section).note(MEANINGS.get(section));
            }
            Findings.Picture other = random.pictures().get(entry.getKey());
            page.markup(PAIR + figure(picture, picture.heading()) + figure(other, picture.heading() + ", random weights") + "</div>\n");
        }
        if (section != null) {
            page.endSection();
        }
        notes(page, notes);
        page.section("Settings").cards().card();
        List<Html.Row> rows = new ArrayList<>();
        facts.forEach((name, value) -> rows.add(Html.Row.of(name, String.valueOf(value))));
        rows.add(Html.Row.of("layers", String.join(", ", plan.layers())));
        rows.add(Html.Row.of("methods", String.join(", ", plan.methods().stream().sorted().map(InspectMethod::label).toList())));
        rows.add(Html.Row.of("seed", Long.toString(plan.seed())));
        return page.table("What was looked at", List.of("setting", "value"), rows).end().end().endSection().toString();
    }

    private static void notes(Html page, Map<String, List<String>> notes) {
        if (notes.isEmpty()) {
            return;
        }
        page.section("Noted").cards().card();
        List<Html.Row> rows = new ArrayList<>();
        notes.forEach((what, all) -> rows.add(Html.Row.of(what, String.join("; ", all))));
        page.table("What of the signals is outside of the papers", List.of("signal", "note"), rows).end().end().endSection();
    }
}
