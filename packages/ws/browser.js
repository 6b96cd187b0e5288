// A page has a WebSocket of its own. As `ws` does, a bundle for pages gets what says so when it is called.

module.exports = function WebSocket() {
  throw new Error('ws does not work in a page: use the WebSocket that the page has');
};
