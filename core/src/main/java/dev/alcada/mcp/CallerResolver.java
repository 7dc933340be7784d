package dev.alcada.mcp;

import dev.alcada.decision.Caller;
import io.modelcontextprotocol.common.McpTransportContext;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Tells from a transport's context on whose behalf tools are listed and called. What a context
 * holds is what the host put there with its transport's {@code contextExtractor}, which is the
 * place to look at the request's authenticated principal; never take a grant from what a client
 * says of itself.
 *
 * <p>Implementations must be safe for use by several threads and answer at once: they are asked for
 * every tool of a list and for every call.
 */
@SuppressWarnings("exports") // whoever uses this package requires the SDK already
@FunctionalInterface
public interface CallerResolver {
  /**
   * Returns the caller, with its grant and the attributes that a policy reads as {@code
   * context.<name>}.
   *
   * @param context what the host's context extractor made of the request; empty over stdio
   * @return the caller, or {@code null} if nobody is authenticated. Whatever this throws, the call
   *     is denied for want of a grant.
   */
  @Nullable Caller resolve(McpTransportContext context);

  /**
   * Returns a resolver that takes the grant from one entry of the context: a {@link Principal}'s
   * name or a text. Anything else, and a blank name, is nobody.
   *
   * @param key the entry's key
   */
  static CallerResolver principal(String key) {
    return context -> {
      Object value = context.get(key);
      String name = value instanceof Principal principal ? principal.getName() : null;
      if (value instanceof String text) {
        name = text;
      }
      return name == null || name.isBlank() ? null : Caller.grant(name);
    };
  }
}
