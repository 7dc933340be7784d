package dev.alcada.spring;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.api.Advisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.PriorityOrdered;

/** Gives every {@code ChatClient} bean, and every builder of one, the guard's advisors. */
final class GuardedChatClients implements BeanPostProcessor, Coverage.Check, PriorityOrdered {
  private final ObjectProvider<GuardedTools> tools;
  private final ObjectProvider<CallSite> site;
  private final ObjectProvider<Coverage> coverage;

  /** By identity: a client has no equality of its own. */
  private final Set<Object> advised =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  GuardedChatClients(
      ObjectProvider<GuardedTools> tools,
      ObjectProvider<CallSite> site,
      ObjectProvider<Coverage> coverage) {
    this.tools = tools;
    this.site = site;
    this.coverage = coverage;
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof ChatClient client) {
      ChatClient guarded = client.mutate().defaultAdvisors(advisors()).build();
      advised.add(guarded);
      return guarded;
    }
    if (bean instanceof ChatClient.Builder builder) {
      ChatClient.Builder guarded = builder.defaultAdvisors(advisors());
      advised.add(guarded);
      return guarded;
    }
    return bean;
  }

  /** Reports a bean that was made without this. */
  @Override
  public void check(Object bean, String name) {
    if ((bean instanceof ChatClient || bean instanceof ChatClient.Builder)
        && !advised.contains(bean)) {
      coverage
          .getObject()
          .uncovered(
              "bean \"" + name + "\" was made too early to be guarded, and reaches tools past it",
              "make it by a @Bean method that nothing needs while the context is being set up");
    }
  }

  private Advisor[] advisors() {
    return new Advisor[] {
      new GuardAdvisor(tools.getObject(), site.getObject(), false),
      new GuardAdvisor(tools.getObject(), site.getObject(), true)
    };
  }
}
