package dev.alcada.guard;

import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.internal.value.CanonicalJson;
import dev.alcada.internal.value.UnwritableException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;

/**
 * What an approval holds for, as one text.
 *
 * @param hash the SHA-256, in hexadecimal, over the canonical JSON of tool, arguments, grant,
 *     context values and the contents of the rules that ask
 * @param caller the caller with no more of its context than that
 */
record Binding(String hash, Caller caller) {
  /** The most bytes that the arguments may have in canonical form; the context too. */
  static final int MAX_BYTES = 64 * 1024;

  static Binding of(ToolCall call, List<AskingRule> asks, Set<String> contextNames)
      throws UnwritableException {
    Caller caller = call.caller();
    Caller shown = Caller.grant(caller.grant());
    StringJoiner context = new StringJoiner(",", "{", "}");
    for (String name : new TreeSet<>(contextNames)) {
      if (caller.attributes().containsKey(name)) {
        Object value = caller.attributes().get(name);
        context.add(
            CanonicalJson.write(name, MAX_BYTES)
                + ":"
                + CanonicalJson.writeOfCall(value, MAX_BYTES));
        shown = shown.attribute(name, value);
      }
    }
    if (caller.session() != null) {
      shown = shown.session(caller.session());
    }
    if (caller.client() != null) {
      shown = shown.client(caller.client());
    }
    // Sorted, because a rule that only moved within the document asks the same.
    List<String> contents = asks.stream().map(AskingRule::content).sorted().toList();
    String text =
        "{\"arguments\":"
            + CanonicalJson.writeOfCall(call.arguments(), MAX_BYTES)
            + ",\"asks\":"
            + CanonicalJson.write(contents, Integer.MAX_VALUE)
            + ",\"context\":"
            + context
            + ",\"grant\":"
            + CanonicalJson.write(caller.grant(), MAX_BYTES)
            + ",\"tool\":"
            + CanonicalJson.write(call.tool(), MAX_BYTES)
            + "}";
    return new Binding(sha256(text), shown);
  }

  static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
