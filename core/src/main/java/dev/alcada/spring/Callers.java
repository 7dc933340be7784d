package dev.alcada.spring;

import dev.alcada.decision.Caller;
import java.security.Principal;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * On whose behalf a tool is called: what the application's own resolver says, else whoever is
 * authenticated, else nobody, for whom there is one constant grant. Never what a client says of
 * itself.
 */
final class Callers {
  private static final Logger LOG = LoggerFactory.getLogger(Callers.class);

  /** No grant at all: the guard denies it and reports that. */
  private static final Caller NOBODY = Caller.grant("");

  private final Resolver resolver;
  private final Principals principals;
  private final String unauthenticated;
  private final AtomicBoolean warned = new AtomicBoolean();

  /**
   * @param resolver the application's own
   * @param unauthenticated the grant of calls made in this process for nobody
   */
  Callers(Resolver resolver, Principals principals, String unauthenticated) {
    this.resolver = resolver;
    this.principals = principals;
    this.unauthenticated = unauthenticated;
  }

  /**
   * Returns the caller of a request, or nothing if nobody is authenticated. Subscribed to on the
   * request's thread, and in its context.
   *
   * @param known what the transport knows of the request
   */
  Mono<Caller> of(Function<String, @Nullable Object> known) {
    return Mono.defer(() -> resolved(known, principals.here()));
  }

  private Mono<Caller> resolved(
      Function<String, @Nullable Object> known, @Nullable Caller otherwise) {
    Caller resolved = resolved(known);
    return resolved == null
        ? principals.in().switchIfEmpty(Mono.justOrEmpty(otherwise))
        : Mono.just(resolved);
  }

  /**
   * Returns the caller of a tool that is called on this thread.
   *
   * @param known the entries of the tool's context
   */
  Caller here(Map<String, ?> known) {
    Caller resolved = resolved(known::get);
    Caller here = resolved == null ? principals.here() : resolved;
    return here == null ? unauthenticated() : here;
  }

  /**
   * Returns the caller of tools that are called once this is subscribed to, on whatever thread.
   *
   * @param known the entries of the tool's context
   * @param before who was there when the stream was put together, or null
   */
  Mono<Caller> later(Map<String, ?> known, @Nullable Caller before) {
    return Mono.defer(() -> resolved(known::get, before == null ? principals.here() : before))
        .switchIfEmpty(Mono.fromSupplier(this::unauthenticated));
  }

  /** {@return whoever is authenticated on this thread, or null} */
  @Nullable Caller principal() {
    return principals.here();
  }

  private @Nullable Caller resolved(Function<String, @Nullable Object> known) {
    try {
      return resolver.caller(known);
    } catch (Throwable e) {
      LOG.warn("The caller resolver failed, so the caller has no grant", e);
      return NOBODY;
    }
  }

  private Caller unauthenticated() {
    if (warned.compareAndSet(false, true)) {
      LOG.warn(
          "Tools are called in this application without an authenticated principal: all such calls"
              + " share the grant \"{}\" and its counts. Spring Security or a CallerResolver bean"
              + " can tell them apart.",
          unauthenticated);
    }
    return Caller.grant(unauthenticated);
  }

  /** What the application itself says of who calls a tool. */
  @FunctionalInterface
  interface Resolver {
    /**
     * Returns the caller, or null if nobody is authenticated.
     *
     * @param known what is known of the call, by name
     */
    @Nullable Caller caller(Function<String, @Nullable Object> known);
  }

  /** Whoever is authenticated, as a caller. */
  interface Principals {
    /** An application without Spring Security: nobody is. */
    Principals NONE =
        new Principals() {
          @Override
          public @Nullable Caller here() {
            return null;
          }

          @Override
          public Mono<Caller> in() {
            return Mono.empty();
          }

          @Override
          public Set<String> authorities(Principal principal) {
            return Set.of();
          }
        };

    /** {@return the caller that this thread works for, or null} */
    @Nullable Caller here();

    /** {@return the caller that the subscriber's context names, or nothing} */
    Mono<Caller> in();

    /** {@return what a principal may do, as far as that is known} */
    Set<String> authorities(Principal principal);
  }
}
