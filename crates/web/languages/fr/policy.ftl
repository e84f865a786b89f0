center-policy = Politique de confidentialité
center-policy-under = Version { $n }, { $standing }
center-policy-standing-from = en vigueur à partir du { $day }
center-policy-standing-since = en vigueur depuis le { $day }
center-policy-standing-until = en vigueur jusqu’au { $day }
center-policy-standing-not = ne peut pas être appliquée
center-policy-record = Registre des traitements
center-policy-public = La page publique
center-policy-broken = La politique ne peut pas être appliquée en l’état
center-policy-broken-what = Rien n’est envoyé tant qu’elle n’est pas corrigée et republiée.
center-policy-tabs = Versions
center-policy-tab = Version { $n }
center-policy-acknowledge-why = La politique promet que quiconque voit les données des personnes la connaît. Lisez la version { $n }, puis dites-le.
center-policy-acknowledge = J’ai lu la version { $n }
center-policy-read = Ce que les gens lisent
center-policy-enforced = Ce que le programme en applique
center-policy-controller = Qui en répond
center-policy-controller-name = Nom
center-policy-controller-email = E-mail
center-policy-controller-phone = Téléphone
center-policy-how = Comment elle change
center-policy-notice-period = Une version ultérieure vaut au plus tôt { $length } après sa publication. Les données recueillies sous cette version lui restent liées : un usage plus large demande un avis et le oui de la personne elle-même.
center-policy-what-changed = Ce que la version { $n } a changé
center-policy-told = Qui a été informé par e-mail
center-policy-notice-of = L’avis de la version { $n }
center-policy-none = Pas encore de politique
center-policy-none-what = Sans elle, rien ne peut être recueilli ni envoyé. Écrivez-la dans un fichier, essayez-la avec <check>avow policy check</check> et publiez-la avec <publish>avow policy publish</publish>.
choice-none = Fait sans demander ; la politique le dit.
choice-opt-out = Fait jusqu’à ce que la personne dise non.
choice-opt-in = Seulement après le oui de la personne.
choice-confirmed = Seulement après un oui confirmé depuis la boîte mail.
length-days = { $n ->
    [one] { $n } jour
   *[other] { $n } jours
}
length-years = { $n ->
    [one] { $n } an
   *[other] { $n } ans
}
purpose-reads = Lit : { $what }.
purpose-kept = Utilisé au plus { $length } après la dernière activité.
purpose-uses = Utilisations par personne : { $n } au plus.
purpose-measured = Ouvertures et clics ne sont comptés que sous « { $purpose } ».
notice-called-off = Annulé quand la version a été retirée. { $said }
notice-late = { $said } Il n’était pas terminé le { $day }, quand la version est entrée en vigueur.
diff-title = Changements de la version { $n }
diff-from = Par rapport à la version { $n }
diff-nothing = Rien de ce que le programme applique ne diffère.
diff-lines = Le texte, ligne par ligne
diff-gone = Retiré :
diff-new = Nouveau :
diff-lead-mailed = Publiée le { $published }, en vigueur à partir du { $from } ; la version précédente promet un e-mail à ce sujet.
diff-lead-silent = Publiée le { $published }, en vigueur à partir du { $from } ; aucun e-mail à ce sujet n’est promis.
diff-raised = { $lead } Son auteur la dit plus importante qu’elle n’est.
record-under = Établi à partir de la <a>version { $n }</a> de la politique ; rien n’y est écrit à la main
record-download = Télécharger en JSON
record-kept = Combien de temps c’est conservé
record-kept-none = La politique ne fixe pas de durée : les données sont conservées jusqu’à ce qu’une personne dise non ou demande l’effacement.
