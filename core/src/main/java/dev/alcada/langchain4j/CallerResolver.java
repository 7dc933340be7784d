package dev.alcada.langchain4j;

import dev.alcada.decision.Caller;
import dev.langchain4j.invocation.InvocationContext;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Tells from an AI service's invocation on whose behalf tools are listed and called. Take the grant
 * from what the application knows: a constant where one agent acts for itself, or what it hands
 * over with each invocation. A chat memory's identifier that a browser may choose is no grant.
 *
 * <p>Implementations must be safe for use by several threads and answer at once: they are asked for
 * every invocation and for every call, on whichever thread runs a tool, so that a thread-local
 * variable of the request may not be there.
 */
@SuppressWarnings("exports") // whoever uses this package requires LangChain4j already
@FunctionalInterface
public interface CallerResolver {
  /**
   * Returns the caller, with its grant and the attributes that a policy reads as {@code
   * context.<name>}. One without a session gets the chat memory's identifier for it.
   *
   * @param context the invocation: its parameters, its chat memory's identifier, its method
   * @return the caller, or {@code null} if there is none. Then, and whatever this throws, no tool
   *     is listed and every call is denied for want of a grant.
   */
  @Nullable Caller resolve(InvocationContext context);

  /**
   * Returns a resolver that takes the grant from one of the invocation's parameters, which the
   * application hands over with {@code InvocationParameters.from(name, principal)}: a {@link
   * Principal}'s name or a text. Anything else, and a blank name, is nobody.
   *
   * @param name the parameter's name
   */
  static CallerResolver parameter(String name) {
    return context -> {
      Object value =
          context.invocationParameters() == null ? null : context.invocationParameters().get(name);
      String grant = value instanceof Principal principal ? principal.getName() : null;
      if (value instanceof String text) {
        grant = text;
      }
      return grant == null || grant.isBlank() ? null : Caller.grant(grant);
    };
  }
}
