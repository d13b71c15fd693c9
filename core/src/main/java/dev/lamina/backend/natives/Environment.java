package dev.lamina.backend.natives;

import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Where settings are read: system properties before environment variables. A blank value counts as none.
 *
 * @param properties a system property's value by name, or null
 * @param variables an environment variable's value by name, or null
 */
public record Environment(UnaryOperator<String> properties, UnaryOperator<String> variables) {
    /**
     * A value and how the user named it.
     *
     * @param name the property as written on the command line, or the variable
     * @param value its value, not blank
     */
    public record Setting(String name, String value) { }

    /** That of this process. */
    public static Environment system() {
        return new Environment(System::getProperty, System::getenv);
    }

    /** The property, or where there is none the variable. */
    public Optional<Setting> setting(String property, String variable) {
        return property(property).map(value -> new Setting("-D" + property, value))
                .or(() -> variable(variable).map(value -> new Setting(variable, value)));
    }

    /** A system property. */
    public Optional<String> property(String name) {
        return Optional.ofNullable(properties.apply(name)).filter(value -> !value.isBlank());
    }

    /** An environment variable. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(variables.apply(name)).filter(value -> !value.isBlank());
    }
}
