// Sends the three requests of WireCheck.java with Pluggy's own Node SDK to the server in
// PLUGGY_API_URL. That server records them; see README.md of this module.
const { PluggyClient } = require('pluggy-sdk');

async function main() {
  const client = new PluggyClient({
    clientId: process.env.PLUGGY_CLIENT_ID,
    clientSecret: process.env.PLUGGY_CLIENT_SECRET,
  });
  await client.createConnectToken();
  await client.createConnectToken('3fa85f64-5717-4562-b3fc-2c963f66afa6');
  await client.createConnectToken(undefined, {
    clientUserId: 'usuário-42',
    webhookUrl: 'https://shop.example/hooks?a=1&b=2',
    oauthRedirectUri: 'https://shop.example/back',
    avoidDuplicates: true,
    connectorSortAlphabetically: false,
  });
}

main().catch(failure => {
  console.error(failure);
  process.exitCode = 1;
});
