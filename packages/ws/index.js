// `require('ws')`: the class, with everything else of the module as its properties.

const face = require('harmony-websocket/ws');

module.exports = face.default;
