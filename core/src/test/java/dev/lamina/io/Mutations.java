package dev.lamina.io;

import dev.lamina.tensor.Philox;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** Damages bytes at random, reproducibly by the generator's seed. */
public final class Mutations {
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final String[] NUMBERS = {"9223372036854775807", "9223372036854775808", "4294967296", "2147483648", "-1", "0",
        "1e9", "1.5", "99999999999999999999999999", "18446744073709551615"};

    private Mutations() { }

    /** One to three changes: bits, bytes, cuts, insertions, removals, repetitions, and decimal numbers replaced by awkward ones. */
    public static byte[] mutate(byte[] bytes, Philox.Stream random) {
        byte[] mutant = bytes.clone();
        for (int change = random.nextInt(3); change >= 0 && mutant.length > 0; change--) {
            int at = random.nextInt(mutant.length);
            int to = at + random.nextInt(Math.min(16, mutant.length - at) + 1);
            switch (random.nextInt(8)) {
                case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutant[at] = (byte) random.nextInt();
                case 2 -> mutant[at] = (byte) 0xff;
                case 3 -> mutant = Arrays.copyOf(mutant, at);
                case 4 -> mutant = replace(mutant, at, at, new byte[] {(byte) random.nextInt(), (byte) random.nextInt()});
                case 5 -> mutant = replace(mutant, at, to, new byte[0]);
                case 6 -> mutant = replace(mutant, at, at, Arrays.copyOfRange(mutant, at, to));
                default -> mutant = replaceNumber(mutant, at, NUMBERS[random.nextInt(NUMBERS.length)]);
            }
        }
        return mutant;
    }

    private static byte[] replaceNumber(byte[] bytes, int from, String number) {
        Matcher matcher = NUMBER.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        if (!matcher.find(from) && !matcher.find(0)) {
            return bytes;
        }
        return replace(bytes, matcher.start(), matcher.end(), number.getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] replace(byte[] bytes, int from, int to, byte[] replacement) {
        byte[] result = new byte[bytes.length - (to - from) + replacement.length];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(replacement, 0, result, from, replacement.length);
        System.arraycopy(bytes, to, result, from + replacement.length, bytes.length - to);
        return result;
    }

    static byte[] zip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }
}
