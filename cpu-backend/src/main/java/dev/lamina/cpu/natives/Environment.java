package dev.lamina.cpu.natives;

import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Where settings are read: system properties before environment variables. A blank value counts as none.
 *
 * @param properties a system property's value by name, or null
 * @param variables an environment variable's value by name, or null
 */
record Environment(UnaryOperator<String> properties, UnaryOperator<String> variables) {
    /** A value and how the user named it. */
    record Setting(String name, String value) { }

    static Environment system() {
        return new Environment(System::getProperty, System::getenv);
    }

    Optional<Setting> setting(String property, String variable) {
        return property(property).map(value -> new Setting("-D" + property, value))
                .or(() -> variable(variable).map(value -> new Setting(variable, value)));
    }

    Optional<String> property(String name) {
        return Optional.ofNullable(properties.apply(name)).filter(value -> !value.isBlank());
    }

    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.apply(name)).filter(value -> !value.isBlank());
    }
}
