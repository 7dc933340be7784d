package dev.alcada.spring;

import dev.alcada.decision.Caller;
import java.security.Principal;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import reactor.core.publisher.Mono;

/**
 * Spring Security's principal: its name is the grant, and a policy reads what it may do as {@code
 * context.authorities}.
 */
final class SecurityPrincipals implements Callers.Principals {
  /** An answer holds no more. */
  private static final int MOST = 100;

  @Override
  public @Nullable Caller here() {
    return caller(SecurityContextHolder.getContext().getAuthentication());
  }

  @Override
  public Mono<Caller> in() {
    return ReactiveSecurityContextHolder.getContext()
        .mapNotNull(SecurityContext::getAuthentication)
        .mapNotNull(SecurityPrincipals::caller);
  }

  private static @Nullable Caller caller(@Nullable Authentication authentication) {
    if (authentication == null
        || !authentication.isAuthenticated()
        || authentication instanceof AnonymousAuthenticationToken) {
      return null;
    }
    String name = authentication.getName();
    return name == null || name.isBlank()
        ? null
        : Caller.grant(name).withAttribute("authorities", authorities(authentication));
  }

  @Override
  public Set<String> authorities(Principal principal) {
    return principal instanceof Authentication authentication
        ? authorities(authentication).stream().limit(MOST).collect(Collectors.toSet())
        : Set.of();
  }

  private static List<String> authorities(Authentication authentication) {
    return authentication.getAuthorities().stream()
        .map(GrantedAuthority::getAuthority)
        .filter(authority -> authority != null && !authority.isBlank())
        .sorted()
        .toList();
  }
}
