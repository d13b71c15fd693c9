package dev.lamina.optim;

import java.util.Arrays;

/** Schedules as users write them. */
final class ScheduleText {
    private ScheduleText() { }

    static Schedule parse(String text, double rate, long totalSteps, long unit) {
        String[] parts = text.trim().split(":", -1);
        switch (parts[0]) {
            case "constant":
                arguments(text, parts, 0, 0);
                return Schedule.constant(rate);
            case "cosine":
                arguments(text, parts, 0, 1);
                return Schedule.cosine(rate, Math.max(1, totalSteps), parts.length > 1 ? number(text, parts[1]) : 0);
            case "linear":
                arguments(text, parts, 0, 0);
                return Schedule.linearDecay(rate, Math.max(1, totalSteps));
            case "onecycle":
                arguments(text, parts, 0, 0);
                return Schedule.oneCycle(rate, Math.max(1, totalSteps));
            case "step":
                arguments(text, parts, 1, 2);
                return Schedule.step(rate, steps(text, parts[1], unit, 1), parts.length > 2 ? number(text, parts[2]) : 0.1);
            case "multistep":
                arguments(text, parts, 1, 2);
                long[] milestones = Arrays.stream(parts[1].split(",")).mapToLong(m -> steps(text, m, unit, 0)).toArray();
                return Schedule.multiStep(rate, parts.length > 2 ? number(text, parts[2]) : 0.1, milestones);
            case "warmup":
                Ranges.require(parts.length >= 3, "schedule \"%s\": warm-up needs a length and a schedule, e.g. warmup:5:cosine.", text);
                long warmup = steps(text, parts[1], unit, 0);
                Ranges.require(warmup < totalSteps, "schedule \"%s\": warm-up of %s steps does not fit %s steps.", text, warmup,
                        totalSteps);
                String rest = text.trim().substring(parts[0].length() + parts[1].length() + 2);
                return Schedule.warmup(warmup, parse(rest, rate, totalSteps - warmup, unit));
            default:
                throw new IllegalArgumentException("schedule \"" + text + "\" is unknown; known are constant, cosine[:least], linear, "
                        + "onecycle, step:N[:factor], multistep:N,N,...[:factor], warmup:N:schedule.");
        }
    }

    private static void arguments(String text, String[] parts, int least, int most) {
        int given = parts.length - 1;
        Ranges.require(given >= least && given <= most, "schedule \"%s\": \"%s\" takes %s numbers, got %s.", text, parts[0],
                least == most ? "" + least : least + " to " + most, given);
    }

    private static double number(String text, String part) {
        try {
            return Double.parseDouble(part);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("schedule \"" + text + "\": \"" + part + "\" is not a number.");
        }
    }

    private static long steps(String text, String part, long unit, long least) {
        try {
            long count = Long.parseLong(part.trim());
            Ranges.require(count >= least, "schedule \"%s\": %s, needs >= %s.", text, count, least);
            return Math.multiplyExact(count, unit);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("schedule \"" + text + "\": \"" + part + "\" is not a whole number.");
        }
    }
}
