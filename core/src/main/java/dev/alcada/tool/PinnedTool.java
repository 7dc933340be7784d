package dev.alcada.tool;

import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.value.CanonicalJson;
import dev.alcada.internal.value.UnwritableException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tool as it was accepted.
 *
 * @param definition the tool
 * @param sha256 the hash of its canonical JSON, in hexadecimal
 */
record PinnedTool(ToolDefinition definition, String sha256) {
  private static final int MAX_BYTES = 64 << 20;

  /**
   * Returns the tool with its hash.
   *
   * @throws IllegalArgumentException if it cannot be written as JSON
   */
  static PinnedTool of(ToolDefinition tool) {
    try {
      return new PinnedTool(tool, hash(tool));
    } catch (UnwritableException e) {
      throw new IllegalArgumentException(
          "The tool " + Spelling.quote(tool.name()) + " cannot be pinned: " + e.getMessage(), e);
    }
  }

  /** {@return whether a tool is this one, character by character} */
  boolean is(ToolDefinition tool) {
    try {
      return hash(tool).equals(sha256);
    } catch (UnwritableException e) {
      return false;
    }
  }

  private static String hash(ToolDefinition tool) throws UnwritableException {
    String canonical = CanonicalJson.write(members(tool), MAX_BYTES);
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(canonical.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@return the definition as JSON has it} */
  Map<String, @Nullable Object> members() {
    return members(definition);
  }

  /** {@return a definition as JSON has it, without what it has not} */
  static Map<String, @Nullable Object> members(ToolDefinition tool) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("name", tool.name());
    put(members, "title", tool.title());
    put(members, "description", tool.description());
    put(members, "inputSchema", tool.inputSchema());
    put(members, "outputSchema", tool.outputSchema());
    put(members, "annotations", tool.annotations().isEmpty() ? null : tool.annotations());
    return members;
  }

  /** {@return whether two numbers are one in canonical JSON} */
  static boolean sameNumber(Number one, Number other) {
    try {
      return CanonicalJson.write(one, MAX_BYTES).equals(CanonicalJson.write(other, MAX_BYTES));
    } catch (UnwritableException e) {
      return one.equals(other);
    }
  }

  private static void put(
      Map<String, @Nullable Object> members, String name, @Nullable Object value) {
    if (value != null) {
      members.put(name, value);
    }
  }
}
