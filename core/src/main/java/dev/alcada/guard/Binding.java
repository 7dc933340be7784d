package dev.alcada.guard;

import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Quorum;
import dev.alcada.decision.ToolCall;
import dev.alcada.internal.value.CanonicalJson;
import dev.alcada.internal.value.UnwritableException;
import dev.alcada.policy.ValuePath.Root;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an approval holds for, as one text.
 *
 * @param hash the SHA-256, in hexadecimal, over the canonical JSON of tool, arguments, grant, every
 *     attribute of the caller but its details, its client and session where the policy mentions
 *     them, the contents of the rules that ask, and whose yes they want
 */
record Binding(String hash) {
  /** The most bytes that the arguments may have in canonical form; the attributes too. */
  static final int MAX_BYTES = 64 * 1024;

  static Binding of(ToolCall call, List<AskingRule> asks, Quorum quorum, Set<Root> mentioned)
      throws UnwritableException {
    Caller caller = call.caller();
    Map<String, @Nullable Object> who = new LinkedHashMap<>();
    if (mentioned.contains(Root.SESSION) && caller.session() != null) {
      who.put("session", caller.session());
    }
    if (mentioned.contains(Root.CLIENT) && caller.client() != null) {
      who.put("client", caller.client());
    }
    // Sorted, because a rule that only moved within the document asks the same.
    List<String> contents = asks.stream().map(AskingRule::content).sorted().toList();
    String text =
        "{\"arguments\":"
            + CanonicalJson.writeOfCall(call.arguments(), MAX_BYTES)
            + ",\"asks\":"
            + CanonicalJson.write(contents, Integer.MAX_VALUE)
            + ",\"context\":"
            + attributes(caller)
            + ",\"grant\":"
            + CanonicalJson.write(caller.grant(), MAX_BYTES)
            + quorum(quorum)
            + ",\"tool\":"
            + CanonicalJson.write(call.tool(), MAX_BYTES)
            + ",\"who\":"
            + CanonicalJson.write(who, MAX_BYTES)
            + "}";
    return new Binding(sha256(text));
  }

  /** One person's yes, which is all that most rules want, goes without saying. */
  private static String quorum(Quorum quorum) throws UnwritableException {
    if (quorum.isOne()) {
      return "";
    }
    List<String> from = new ArrayList<>();
    for (Set<String> roles : quorum.from()) {
      from.add(CanonicalJson.write(List.copyOf(new TreeSet<>(roles)), Integer.MAX_VALUE));
    }
    Collections.sort(from);
    return ",\"quorum\":{\"approvers\":" + quorum.approvers() + ",\"from\":" + from + "}";
  }

  private static String attributes(Caller caller) throws UnwritableException {
    StringJoiner attributes = new StringJoiner(",", "{", "}");
    for (String name : new TreeSet<>(caller.attributes().keySet())) {
      if (caller.details().contains(name)) {
        continue;
      }
      attributes.add(
          CanonicalJson.write(name, MAX_BYTES)
              + ":"
              + CanonicalJson.writeOfCall(caller.attributes().get(name), MAX_BYTES));
    }
    return attributes.toString();
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
