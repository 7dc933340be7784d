package dev.alcada.examples.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway alone says under {@code _meta}: neither side can say it to the other through the
 * gateway, wherever its message has a {@code _meta}.
 */
final class Meta {
  static final String NAME = "_meta";

  /** To a client: what the guard decided. */
  static final String DECISION = "dev.alcada/decision";

  /** To the upstream: a text that nobody else knows and no other call has. */
  static final String CALL = "dev.alcada/call";

  /** From the upstream: that text, if the call has surely done nothing. */
  static final String NOT_DONE = "dev.alcada/not_done";

  private static final String OURS = "dev.alcada/";

  private Meta() {}

  /** {@return the value without anything of the gateway's, itself if there is nothing} */
  static @Nullable Object clean(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return cleanMap(map);
    }
    return value instanceof List<?> list ? cleanList(list) : value;
  }

  private static Object cleanMap(Map<?, ?> map) {
    Map<Object, @Nullable Object> copy = null;
    for (Map.Entry<?, ?> member : map.entrySet()) {
      Object cleaned = clean(member.getValue());
      if (member.getKey().equals(NAME) && cleaned instanceof Map<?, ?> meta && hasOurs(meta)) {
        Map<Object, @Nullable Object> others = new LinkedHashMap<>(meta);
        others.keySet().removeIf(Meta::isOurs);
        cleaned = others;
      }
      if (cleaned != member.getValue()) {
        copy = copy == null ? new LinkedHashMap<>(map) : copy;
        copy.put(member.getKey(), cleaned);
      }
    }
    return copy == null ? map : copy;
  }

  private static Object cleanList(List<?> list) {
    List<@Nullable Object> copy = null;
    for (int i = 0; i < list.size(); i++) {
      Object cleaned = clean(list.get(i));
      if (cleaned != list.get(i)) {
        copy = copy == null ? new ArrayList<>(list) : copy;
        copy.set(i, cleaned);
      }
    }
    return copy == null ? list : copy;
  }

  private static boolean hasOurs(Map<?, ?> meta) {
    return meta.keySet().stream().anyMatch(Meta::isOurs);
  }

  private static boolean isOurs(Object name) {
    return name instanceof String text && text.startsWith(OURS);
  }

  /** {@return parameters or a result with one more value under {@code _meta}} */
  static Map<String, @Nullable Object> with(
      Map<String, @Nullable Object> message, String name, Object value) {
    Map<String, @Nullable Object> meta = Json.object(message.get(NAME));
    meta.put(name, value);
    Map<String, @Nullable Object> more = new LinkedHashMap<>(message);
    more.put(NAME, meta);
    return more;
  }

  /** {@return a value under a message's own {@code _meta}} */
  static @Nullable Object get(@Nullable Object message, String name) {
    return message instanceof Map<?, ?> map && map.get(NAME) instanceof Map<?, ?> meta
        ? meta.get(name)
        : null;
  }
}
