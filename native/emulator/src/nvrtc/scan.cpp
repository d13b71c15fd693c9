#include "scan.hpp"

#include <algorithm>
#include <cctype>

namespace lamina::emulator {
namespace {

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

/// A copy in which comments and literals are blanks: equal positions, nothing to be mistaken for code.
std::string code_only(const std::string& text) {
    std::string code = text;
    std::size_t at = 0;
    auto blank = [&](std::size_t end) {
        for (; at < end && at < code.size(); at++) {
            code[at] = code[at] == '\n' ? '\n' : ' ';
        }
    };
    while (at < code.size()) {
        if (text.compare(at, 2, "//") == 0) {
            blank(std::min(text.find('\n', at), text.size()));
        } else if (text.compare(at, 2, "/*") == 0) {
            std::size_t end = text.find("*/", at + 2);
            blank(end == std::string::npos ? text.size() : end + 2);
        } else if (text[at] == '"' || (text[at] == '\'' && (at == 0 || !is_word(text[at - 1])))) {
            std::size_t end = at + 1;
            while (end < text.size() && text[end] != text[at] && text[end] != '\n') {
                end += text[end] == '\\' ? 2 : 1;
            }
            blank(end + 1);
        } else {
            at++;
        }
    }
    return code;
}

std::size_t skip_blanks(const std::string& code, std::size_t at) {
    while (at < code.size() && (std::isspace(static_cast<unsigned char>(code[at])) || code[at] == '\\')) {
        at++;
    }
    return at;
}

std::string word_at(const std::string& code, std::size_t at) {
    std::size_t end = at;
    while (end < code.size() && is_word(code[end])) {
        end++;
    }
    return code.substr(at, end - at);
}

/// Behind the bracket that closes the one here.
std::size_t behind_brackets(const std::string& code, std::size_t at) {
    int depth = 0;
    for (; at < code.size(); at++) {
        depth += code[at] == '(' ? 1 : code[at] == ')' ? -1 : 0;
        if (depth == 0) {
            return at + 1;
        }
    }
    return at;
}

/// The next place of a whole word, or npos.
std::size_t find_word(const std::string& code, const std::string& word, std::size_t from) {
    for (std::size_t at = code.find(word, from); at != std::string::npos; at = code.find(word, at + 1)) {
        if ((at == 0 || !is_word(code[at - 1])) && (at + word.size() >= code.size() || !is_word(code[at + word.size()]))) {
            return at;
        }
    }
    return std::string::npos;
}

/// What follows __global__ (or stands before it): attributes with brackets, the type, then the name before its parameters.
KernelName kernel_at(const std::string& code, std::size_t at) {
    KernelName kernel;
    while ((at = skip_blanks(code, at)) < code.size() && (is_word(code[at]))) {
        std::string word = word_at(code, at);
        std::size_t next = skip_blanks(code, at + word.size());
        bool has_brackets = next < code.size() && code[next] == '(';
        if (has_brackets && word == "__launch_bounds__") {
            kernel.bounds = code.substr(next, behind_brackets(code, next) - next);
        } else if (has_brackets && word.compare(0, 2, "__") != 0) {
            kernel.name = word;
            return kernel;
        }
        at = has_brackets ? behind_brackets(code, next) : next;
    }
    return kernel;
}

/// Moves behind `extern __shared__ [__align__(n)] T name[];`, or returns npos; gives T and name.
std::size_t dynamic_array(const std::string& code, std::size_t at, std::string& type, std::string& name) {
    at = skip_blanks(code, at + 6);
    if (word_at(code, at) != "__shared__") {
        return std::string::npos;
    }
    at = skip_blanks(code, at + 10);
    std::size_t open = code.find('[', at);
    std::size_t end = code.find(';', at);
    if (open == std::string::npos || end == std::string::npos || open > end) {
        return std::string::npos;
    }
    std::size_t inside = skip_blanks(code, open + 1);
    if (inside >= code.size() || code[inside] != ']') {
        return std::string::npos;
    }
    std::size_t name_end = open;
    while (name_end > at && !is_word(code[name_end - 1])) {
        name_end--;
    }
    std::size_t name_start = name_end;
    while (name_start > at && is_word(code[name_start - 1])) {
        name_start--;
    }
    name = code.substr(name_start, name_end - name_start);
    while (word_at(code, at) == "__align__") {
        at = skip_blanks(code, behind_brackets(code, skip_blanks(code, at + 9)));
    }
    type = at < name_start ? code.substr(at, name_start - at) : "";
    return end + 1;
}

}

std::vector<KernelName> kernels_in(const std::string& text) {
    std::string code = code_only(text);
    std::vector<KernelName> all;
    const std::string word = "__global__";
    for (std::size_t at = find_word(code, word, 0); at != std::string::npos; at = find_word(code, word, at + 1)) {
        // A template has no name of its own: its instances are asked for by name expressions.
        std::size_t statement = code.find_last_of(";{}", at);
        statement = statement == std::string::npos ? 0 : statement + 1;
        if (find_word(code.substr(statement, at - statement), "template", 0) != std::string::npos) {
            continue;
        }
        KernelName kernel = kernel_at(code, at + word.size());
        bool known = std::any_of(all.begin(), all.end(), [&](const KernelName& other) { return other.name == kernel.name; });
        if (!kernel.name.empty() && !known) {
            all.push_back(kernel);
        }
    }
    return all;
}

std::string with_dynamic_shared(const std::string& text) {
    std::string code = code_only(text);
    std::string result;
    std::size_t done = 0;
    for (std::size_t at = find_word(code, "extern", 0); at != std::string::npos; at = find_word(code, "extern", at + 1)) {
        std::string type;
        std::string name;
        std::size_t end = dynamic_array(code, at, type, name);
        if (end == std::string::npos) {
            continue;
        }
        result += text.substr(done, at - done) + type + "* const " + name + " = reinterpret_cast<" + type + "*>(lamina_dynamic_shared);";
        for (std::size_t i = at; i < end; i++) {
            result += text[i] == '\n' && type.find('\n') == std::string::npos ? "\n" : "";
        }
        done = end;
    }
    return result + text.substr(done);
}

bool needs_preprocessing(const std::string& text) {
    std::string code = code_only(text);
    for (std::size_t at = code.find('#'); at != std::string::npos; at = code.find('#', at + 1)) {
        if (word_at(code, skip_blanks(code, at + 1)) != "pragma") {
            return true;
        }
    }
    return false;
}

}
