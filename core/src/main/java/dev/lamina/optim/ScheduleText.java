package dev.lamina.optim;

import java.util.Arrays;

/** Schedules as users write them; one text for one run, whose numbers of steps are known. */
record ScheduleText(String text, double rate, long totalSteps, long unit) {
    private static final double FACTOR = 0.1;
    private static final String PATIENCE = "10";

    static Schedule parse(String text, double rate, long totalSteps, long unit) {
        return new ScheduleText(text.trim(), rate, Math.max(1, totalSteps), unit).parse(text.trim(), totalSteps);
    }

    /** The schedule of a part of the text that lasts so many steps. */
    private Schedule parse(String part, long steps) {
        String[] words = part.split(":", -1);
        long last = Math.max(1, steps);
        switch (words[0]) {
            case "constant":
                arguments(words, 0, 0);
                return Schedule.constant(rate);
            case "cosine":
                arguments(words, 0, 1);
                return Schedule.cosine(rate, last, least(words));
            case "linear":
                arguments(words, 0, 0);
                return Schedule.linearDecay(rate, last);
            case "onecycle":
                arguments(words, 0, 0);
                return Schedule.oneCycle(rate, last);
            case "step":
                arguments(words, 1, 2);
                return Schedule.step(rate, count(words[1], last, 1), factor(words, 2));
            case "multistep":
                arguments(words, 1, 2);
                long[] milestones = Arrays.stream(words[1].split(",", -1)).mapToLong(m -> count(m, last, 0)).toArray();
                return Schedule.multiStep(rate, factor(words, 2), milestones);
            case "plateau":
                arguments(words, 0, 2);
                double factor = factor(words, 1);
                require(factor < 1, "factor = %s, needs 0 < factor < 1.", factor);
                return Schedule.plateau(rate, factor, Math.toIntExact(whole(words.length > 2 ? words[2] : PATIENCE, 0)));
            case "warmup":
                return warmup(part, words, steps);
            default:
                throw new IllegalArgumentException("schedule \"" + text + "\": " + (part.equals(text) ? "it" : "\"" + words[0] + "\"")
                        + " is unknown; known are constant, cosine[:least], linear, onecycle, step:N[:factor], "
                        + "multistep:N,N,...[:factor], plateau[:factor[:patience]], warmup:N[,start]:schedule; N in epochs, or N% "
                        + "of the steps.");
        }
    }

    private Schedule warmup(String part, String[] words, long steps) {
        require(words.length >= 3, "warm-up needs a length and a schedule, e.g. warmup:5:cosine.");
        String[] length = words[1].split(",", -1);
        require(length.length <= 2, "\"%s\" is no length of warm-up, needs N or N,start.", words[1]);
        long rise = count(length[0], Math.max(1, steps), 0);
        require(rise < steps, "warm-up of %s steps does not fit %s steps.", rise, steps);
        Schedule next = parse(part.substring(words[0].length() + words[1].length() + 2), steps - rise);
        if (length.length == 1) {
            return Schedule.warmup(rise, next);
        }
        double start = number(length[1]);
        require(start >= 0 && start <= 1, "start = %s, needs 0 <= start <= 1.", start);
        return Schedule.warmupFrom(start, rise, next);
    }

    private void arguments(String[] words, int least, int most) {
        int given = words.length - 1;
        require(given >= least && given <= most, "\"%s\" takes %s numbers, got %s.", words[0],
                least == most ? "" + least : least + " to " + most, given);
    }

    private double least(String[] words) {
        double least = words.length > 1 ? number(words[1]) : 0;
        require(least >= 0, "least rate = %s, needs >= 0.", least);
        return least;
    }

    private double factor(String[] words, int at) {
        double factor = words.length > at ? number(words[at]) : FACTOR;
        require(factor > 0, "factor = %s, needs > 0.", factor);
        return factor;
    }

    private double number(String word) {
        double value;
        try {
            value = Double.parseDouble(word.trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("schedule \"" + text + "\": \"" + word + "\" is not a number.");
        }
        require(Double.isFinite(value), "\"%s\" is not a finite number.", word);
        return value;
    }

    private long whole(String word, long least) {
        long value;
        try {
            value = Long.parseLong(word.trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("schedule \"" + text + "\": \"" + word + "\" is not a whole number.");
        }
        require(value >= least && value <= Integer.MAX_VALUE, "%s, needs %s to %s.", value, least, Integer.MAX_VALUE);
        return value;
    }

    /** Steps: so many units, or a percentage of the steps that the schedule lasts, at least one where zero is not allowed. */
    private long count(String word, long steps, long least) {
        if (!word.trim().endsWith("%")) {
            return Math.multiplyExact(whole(word, least), unit);
        }
        double share = number(word.trim().substring(0, word.trim().length() - 1));
        require(share >= 0 && share <= 100 && (least == 0 || share > 0), "%s%%, needs %s 0 %% and at most 100 %%.", share,
                least == 0 ? "at least" : "more than");
        return Math.max(least, Math.round(share / 100 * steps));
    }

    private void require(boolean holds, String format, Object... args) {
        Ranges.require(holds, "schedule \"%s\": %s", text, args.length == 0 ? format : format.formatted(args));
    }
}
