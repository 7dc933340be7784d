package dev.alcada.tool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tool as its server describes it: name, title, description, schemas and annotations. What is
 * here is the server's word; nothing of it has been checked. Immutable and safe for use by several
 * threads.
 */
public final class ToolDefinition {
  private final String name;
  private final @Nullable String title;
  private final @Nullable String description;
  private final @Nullable Map<String, @Nullable Object> inputSchema;
  private final @Nullable Map<String, @Nullable Object> outputSchema;
  private final Map<String, @Nullable Object> annotations;

  private ToolDefinition(Builder builder) {
    this.name = builder.name;
    this.title = builder.title;
    this.description = builder.description;
    this.inputSchema = builder.inputSchema;
    this.outputSchema = builder.outputSchema;
    this.annotations = builder.annotations == null ? Map.of() : builder.annotations;
  }

  /**
   * Returns a builder of a tool without description, schemas and annotations.
   *
   * @param name the tool's name, not empty
   * @throws IllegalArgumentException if the name is empty
   */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /**
   * Returns the tool that an element of an MCP tool list describes.
   *
   * @param members {@code name}, and, where there are any, {@code title}, {@code description},
   *     {@code inputSchema}, {@code outputSchema} and {@code annotations}; others are not looked at
   * @throws IllegalArgumentException if the name is missing, a member is of another type than MCP
   *     has, or a schema holds what JSON has not or is nested more than 100 deep
   */
  public static ToolDefinition of(Map<String, ? extends @Nullable Object> members) {
    return ToolListReader.tool(Objects.requireNonNull(members, "members"), "the tool");
  }

  /**
   * Returns the tools of a list: the result of {@code tools/list}, the whole answer to it, or a
   * bare JSON list of tools.
   *
   * @param json the list's text, of at most 32 Mi characters and 1,000,000 names and values
   * @throws IllegalArgumentException if it is no such list; the message says where and why
   */
  public static List<ToolDefinition> list(String json) {
    return ToolListReader.read(Objects.requireNonNull(json, "json"));
  }

  /**
   * Returns the tools of a file that holds such a list, in UTF-8.
   *
   * @param file the list's file
   * @throws IllegalArgumentException if it is no such list; the message says where and why
   * @throws UncheckedIOException if it cannot be read
   */
  public static List<ToolDefinition> load(Path file) {
    try {
      return list(Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the tool list " + file + ": " + e, e);
    }
  }

  /** {@return the name under which the tool is called} */
  public String name() {
    return name;
  }

  /** {@return the name for people, or {@code null} if there is none} */
  public @Nullable String title() {
    return title;
  }

  /** {@return what the tool is said to do, or {@code null} if nothing is said} */
  public @Nullable String description() {
    return description;
  }

  /** {@return the JSON Schema of its arguments, unmodifiable, or {@code null} if there is none} */
  public @Nullable Map<String, @Nullable Object> inputSchema() {
    return inputSchema;
  }

  /** {@return the JSON Schema of its results, unmodifiable, or {@code null} if there is none} */
  public @Nullable Map<String, @Nullable Object> outputSchema() {
    return outputSchema;
  }

  /** {@return the hints that its server gives, such as {@code readOnlyHint}, unmodifiable} */
  public Map<String, @Nullable Object> annotations() {
    return annotations;
  }

  /** {@return whether the other is a tool described in the same way} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ToolDefinition tool
        && name.equals(tool.name)
        && Objects.equals(title, tool.title)
        && Objects.equals(description, tool.description)
        && Objects.equals(inputSchema, tool.inputSchema)
        && Objects.equals(outputSchema, tool.outputSchema)
        && annotations.equals(tool.annotations);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, title, description, inputSchema, outputSchema, annotations);
  }

  /** {@return the name} */
  @Override
  public String toString() {
    return name;
  }

  /** Builds a tool; each setting once. Not safe for use by several threads. */
  public static final class Builder {
    private final String name;
    private @Nullable String title;
    private @Nullable String description;
    private @Nullable Map<String, @Nullable Object> inputSchema;
    private @Nullable Map<String, @Nullable Object> outputSchema;
    private @Nullable Map<String, @Nullable Object> annotations;

    private Builder(String name) {
      this.name = Objects.requireNonNull(name, "name");
      if (name.isEmpty()) {
        throw new IllegalArgumentException("name is empty; expected the name of a tool");
      }
    }

    /**
     * Sets the name for people.
     *
     * @param text for people
     * @throws IllegalStateException if it is set already
     */
    public Builder title(String text) {
      once("title", title);
      this.title = Objects.requireNonNull(text, "text");
      return this;
    }

    /**
     * Sets what the tool is said to do.
     *
     * @param text for people and models
     * @throws IllegalStateException if it is set already
     */
    public Builder description(String text) {
      once("description", description);
      this.description = Objects.requireNonNull(text, "text");
      return this;
    }

    /**
     * Sets the schema of the arguments; it is copied.
     *
     * @param schema a JSON Schema as Java's maps, lists, texts, numbers and booleans
     * @throws IllegalStateException if it is set already
     * @throws IllegalArgumentException if it holds what JSON has not, or is nested more than 100
     *     deep
     */
    public Builder inputSchema(Map<String, ? extends @Nullable Object> schema) {
      once("inputSchema", inputSchema);
      this.inputSchema = JsonCopy.object(schema, "inputSchema");
      return this;
    }

    /**
     * Sets the schema of the results; it is copied.
     *
     * @param schema a JSON Schema as Java's maps, lists, texts, numbers and booleans
     * @throws IllegalStateException if it is set already
     * @throws IllegalArgumentException if it holds what JSON has not, or is nested more than 100
     *     deep
     */
    public Builder outputSchema(Map<String, ? extends @Nullable Object> schema) {
      once("outputSchema", outputSchema);
      this.outputSchema = JsonCopy.object(schema, "outputSchema");
      return this;
    }

    /**
     * Sets the server's hints; they are copied.
     *
     * @param hints for example {@code readOnlyHint} and {@code destructiveHint}
     * @throws IllegalStateException if they are set already
     * @throws IllegalArgumentException if they hold what JSON has not, or are nested more than 100
     *     deep
     */
    public Builder annotations(Map<String, ? extends @Nullable Object> hints) {
      once("annotations", annotations);
      this.annotations = JsonCopy.object(hints, "annotations");
      return this;
    }

    /** {@return the tool} */
    public ToolDefinition build() {
      return new ToolDefinition(this);
    }

    private static void once(String setting, @Nullable Object present) {
      if (present != null) {
        throw new IllegalStateException(setting + " is set already");
      }
    }
  }
}
